"""The rules that a decision goes by: those adopted when it is decided, and not those that its caller has read."""

from domain.office.act import AnyGiven, Given
from domain.organisation.aggregate import ORGANISATION_ID, Organisation
from domain.rulebook.adoption import believed_rulebook, editions_held
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, Rulebook


def zone_of(organisation: Organisation) -> str:
    """The zone that local days go by: as the rules adopted last say."""
    adoptions = organisation.history.adoptions
    return adoptions[-1].rulebook.zone if adoptions else DEFAULT_RULEBOOK.zone


class Rules:
    """The rulebook, once the writer has read it: hand `read()` to the act, and look at `rulebook` in the decision."""

    def __init__(self) -> None:
        self.rulebook: Rulebook = DEFAULT_RULEBOOK

    def read(self) -> AnyGiven:
        """Let the writer read the organisation with the subject."""
        return Given(aggregate=Organisation, subject_id=ORGANISATION_ID, check=self._take)

    def _take(self, organisation: Organisation) -> None:
        self.rulebook = believed_rulebook(editions_held(organisation.history.adoptions))
