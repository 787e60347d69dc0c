"""What the office states of a client, before it is sealed."""

from dataclasses import dataclass, fields
from datetime import date

from domain.client.values import AreaType, Dwelling


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Details:
    """Who the client is, in clear. None: not stated. It has no text form, so that no log or traceback shows it.

    `birth_year` and `turns_65_on` follow from the personnummer, which is checked where it comes in. A reserve number, a
    T-number or what a newborn is called is `other_identifier`: kept as written, and nothing follows from it.
    """

    name: str | None = None
    personnummer: str | None = None
    other_identifier: str | None = None
    address: str | None = None
    telephone: str | None = None
    home_position: str | None = None
    birth_year: int | None = None
    turns_65_on: date | None = None
    area_type: AreaType | None = None
    dwelling: Dwelling | None = None

    def stated(self) -> dict[str, object]:
        """The details that are stated, by name."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}
