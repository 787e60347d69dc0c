"""The rules that a decision goes by: those adopted when it is decided, and not those that its caller has read."""

from domain.office.act import AnyGiven, Given
from domain.organisation.aggregate import ORGANISATION_ID, Organisation
from domain.rulebook.adoption import believed_rulebook, editions_held
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, Rulebook


class Rules:
    """The rulebook, once the writer has read it: hand `read()` to the act, and look at `rulebook` in the decision."""

    def __init__(self) -> None:
        self.rulebook: Rulebook = DEFAULT_RULEBOOK

    def read(self) -> AnyGiven:
        """Let the writer read the organisation with the subject."""
        return Given(aggregate=Organisation, subject_id=ORGANISATION_ID, check=self._take)

    def _take(self, organisation: Organisation) -> None:
        self.rulebook = believed_rulebook(editions_held(organisation.history.adoptions))
