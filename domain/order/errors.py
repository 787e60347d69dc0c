"""Why the office may not do this to an order."""

from domain.errors import NotFoundError, RefusedError


class OrderUnknownError(NotFoundError):
    code = "order_unknown"
    detail = "No order with that id is in the ledger. Check the id, or place the order first."


class OrderAlreadyPlacedError(RefusedError):
    code = "order_already_placed"
    detail = "This order is placed. Change it instead, or place another order under an id of its own."


class OrderNotYetStartedError(RefusedError):
    code = "order_not_yet_started"
    detail = "That day is before the order starts. Choose the first day of the order or a later one."


class OrderEndedError(RefusedError):
    code = "order_ended"
    detail = "The order has ended by that day. Choose an earlier day, or place a new order."


class OrderUnchangedError(RefusedError):
    code = "order_unchanged"
    detail = "The order says so from that day on already. Nothing was stored."


class OrderSuspendedError(RefusedError):
    code = "order_already_suspended"
    detail = "The order is suspended already. Resume it before it is suspended again."


class OrderNotSuspendedError(RefusedError):
    code = "order_not_suspended"
    detail = "The order is not suspended on that day; there is nothing to resume."


class ResumedTooEarlyError(RefusedError):
    code = "resumed_too_early"
    detail = "The order cannot be resumed before the day it was suspended from. Use that day if it was never to rest."


class SameProviderError(RefusedError):
    code = "same_provider"
    detail = "That provider has the order on that day already. Name the provider that takes over."


class NeedChangeAlreadyReportedError(RefusedError):
    code = "need_change_already_reported"
    detail = "That change of need is reported already for that day and service; nothing needs to be done."


class DecisionBackwardsError(RefusedError):
    code = "decision_backwards"
    detail = "The decision must end after the day it begins."


class LinesMissingError(RefusedError):
    code = "order_lines_missing"
    detail = "An order needs at least one service. End the order if nothing is to be done."


class LineTwiceError(RefusedError):
    code = "order_line_twice"
    detail = "Two lines have the same id. Give each line an id of its own within the order."


class LineNamelessError(RefusedError):
    code = "order_line_nameless"
    detail = "Each line needs an id of its own and a service code."


class MinutesNegativeError(RefusedError):
    code = "minutes_negative"
    detail = "Minutes are zero or more. Leave them out where the order states none."


class MinutesNotStatedError(RefusedError):
    code = "minutes_not_for_this_control"
    detail = "This minute control states no minutes for a service. Leave the minutes out, or choose strict or flexible."


class MinutesMissingError(RefusedError):
    code = "minutes_missing"
    detail = "A health-care order has no standard times: give the ordered minutes for each service."


class FrameMissingError(RefusedError):
    code = "time_frame_missing"
    detail = "Minute control time_frame needs the frame: its minutes and its period."


class FrameNotStatedError(RefusedError):
    code = "time_frame_not_for_this_control"
    detail = "Only minute control time_frame has a time frame. Leave it out, or choose that control."


class FrameEmptyError(RefusedError):
    code = "time_frame_empty"
    detail = "A time frame has at least one minute. End the order if nothing is to be done."


class WindowUnreadableError(RefusedError):
    code = "window_unreadable"
    detail = "Write the window as two different times of day, for example 07:00-10:00, or leave it empty."
