"""From an order's history to the facts that reports are computed from: which services hold on which days. Pure."""

from collections.abc import Iterator
from datetime import date

from domain.facts import NeedChange, OrderLine
from domain.ids import OrderId, ProviderId
from domain.order.events import ServiceLine
from domain.order.history import OrderHistory, Placement, Terms
from domain.order.time_frame import TimeFrame
from domain.timeline import DaySpan, stretches

OrderFact = OrderLine | TimeFrame | NeedChange
Rhythm = tuple[str, str, str]
"""A line's id, service and frequency: while these stay the same, the occasions keep their dates."""


def order_facts(order_id: OrderId, history: OrderHistory) -> tuple[OrderFact, ...]:
    """Everything believed of the order now."""
    return (
        *order_lines(order_id, history),
        *time_frames(order_id, history),
        *need_changes(order_id, history),
    )


def order_lines(order_id: OrderId, history: OrderHistory) -> tuple[OrderLine, ...]:
    """Each line over the days it holds: cut at every change, at a move to another provider, and around suspensions."""
    placement = history.placement
    if placement is None:
        return ()
    return tuple(
        _line(order_id, placement, line, held, provider_id, anchor_on=anchor_on)
        for terms, span, anchors in _terms(history)
        for line, anchor_on in zip(terms.lines, anchors, strict=True)
        for held, provider_id in _held(history, span)
    )


def time_frames(order_id: OrderId, history: OrderHistory) -> tuple[TimeFrame, ...]:
    """The pot of minutes over the days it holds, cut like the lines."""
    placement = history.placement
    if placement is None:
        return ()
    return tuple(
        TimeFrame(
            order_id=order_id,
            client_id=placement.client_id,
            provider_id=provider_id,
            legal_basis=str(placement.legal_basis),
            minutes=terms.frame.minutes,
            period=str(terms.frame.period),
            starts_on=held.from_on,
            ends_on=held.until_on,
        )
        for span, terms in stretches(history.terms)
        if terms.frame is not None
        for held, provider_id in _held(history, span)
    )


def need_changes(order_id: OrderId, history: OrderHistory) -> tuple[NeedChange, ...]:
    """The changes of need that the provider has reported, and from when the order answers them."""
    placement = history.placement
    if placement is None:
        return ()
    return tuple(
        NeedChange(
            order_id=order_id,
            fact_id=need.fact_id,
            client_id=placement.client_id,
            direction=str(need.direction),
            noticed_on=need.noticed_on,
            service_code=need.service_code,
            answered_from_on=need.answered_from_on,
        )
        for need in history.needs
    )


def _line(
    order_id: OrderId,
    placement: Placement,
    line: ServiceLine,
    held: DaySpan,
    provider_id: ProviderId,
    *,
    anchor_on: date,
) -> OrderLine:
    return OrderLine(
        order_id=order_id,
        line_id=line.line_id,
        client_id=placement.client_id,
        provider_id=provider_id,
        service_code=line.service_code,
        legal_basis=str(placement.legal_basis),
        minute_control=str(placement.minute_control),
        granted_minutes=line.granted_minutes,
        ordered_minutes=line.ordered_minutes,
        frequency=line.frequency,
        starts_on=held.from_on,
        ends_on=held.until_on,
        ordered_on=placement.starts_on,
        anchor_on=anchor_on,
        extent=str(line.extent),
        window=line.window,
    )


def _terms(history: OrderHistory) -> Iterator[tuple[Terms, DaySpan, list[date]]]:
    """The terms in order of their days, with the day that each line's frequency is counted from: the first of the
    unbroken run of terms that have the line with the same service and frequency."""
    anchors: dict[Rhythm, date] = {}
    for span, terms in stretches(history.terms):
        rhythms = [(line.line_id, line.service_code, line.frequency) for line in terms.lines]
        anchors = {rhythm: anchors.get(rhythm, span.from_on) for rhythm in rhythms}
        yield terms, span, [anchors[rhythm] for rhythm in rhythms]


def _held(history: OrderHistory, span: DaySpan) -> list[tuple[DaySpan, ProviderId]]:
    """The days of a stretch on which the order holds, with the provider of each: not after the end, not while suspended."""
    until_end = span.common(DaySpan(date.min, history.ended_on))
    return [
        (held, provider_id)
        for providers_days, provider_id in stretches(history.providers)
        for held in until_end.common(providers_days).without(history.pauses)
    ]
