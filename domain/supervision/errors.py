"""Why the office may not say this of an occasion of supervision."""

from domain.errors import NotFoundError, RefusedError


class SupervisionUnknownError(NotFoundError):
    code = "supervision_unknown"
    detail = "Nothing is registered of this occasion. Check the id."


class SupervisionAlreadyRegisteredError(RefusedError):
    code = "supervision_already_registered"
    detail = "This occasion is registered. Withdraw what was said of it, or name another occasion."


class SupervisionAlreadyWithdrawnError(RefusedError):
    code = "supervision_already_withdrawn"
    detail = "Nothing stands of this occasion; nothing needs to be withdrawn."


class ParticipantsMissingError(RefusedError):
    code = "participants_missing"
    detail = "Name the workers who took part. A session that nobody came to is cancelled."


class ParticipantTwiceError(RefusedError):
    code = "participant_twice"
    detail = "Name each participant once, and the supervisor not among them."


class SupervisionMinutesError(RefusedError):
    code = "supervision_minutes"
    detail = "A session lasts one minute or more."
