"""What is known of a request by the time that its action is decided: who asks, to do what, by which rule and what for."""

from typing import NamedTuple

from domain.access.entry import Access, Doing
from domain.access.table import ACTIONS
from domain.access.values import Purpose, RecordClass
from domain.access.whose import Whose
from infra.tokens import Caller

OF_PERSONS = frozenset(
    {
        RecordClass.CARE,
        RecordClass.STAFF,
        RecordClass.FIGURES,
        RecordClass.ACCOUNTS,
        RecordClass.ACCESS,
        RecordClass.KEYS,
    }
)
"""Classes of records that speak of people."""
PURPOSES = frozenset(map(str, Purpose))


class Asking(NamedTuple):
    """A request that the table of access has decided on. `purpose` is what was stated, whatever it is."""

    caller: Caller
    action: str
    rule: str
    purpose: str

    @property
    def is_of_persons(self) -> bool:
        """Whether an answer may speak of people."""
        return ACTIONS[self.action] in OF_PERSONS

    def access(self, doing: Doing, whose: Whose, request_id: str, form: str = "json") -> Access:
        """What is to be entered. A purpose that the table does not know is nobody's word for anything."""
        return Access(
            subject=self.caller.subject,
            role=self.caller.role,
            unit_ids=tuple(sorted(self.caller.unit_ids)),
            device_id=self.caller.device_id,
            doing=doing,
            action=self.action,
            record_class=ACTIONS[self.action],
            purpose=self.purpose if self.purpose in PURPOSES else "",
            rule=self.rule,
            request_id=request_id,
            form=form,
            whose=whose,
        )
