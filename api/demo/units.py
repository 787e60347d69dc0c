"""The providers and home-care groups of the demo municipality."""

from dataclasses import dataclass

from api.demo.chance import Chance
from api.demo.places import BRACKE, GALLO, KALARNE, Village
from api.demo.scope import Scope
from domain.ids import ProviderId, UnitId


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoProvider:
    """Who performs home care."""

    provider_id: ProviderId
    name: str
    in_house: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoUnit:
    """A home-care group, its villages, and how the office signs for it."""

    unit_id: UnitId
    name: str
    word: str
    """Its name in the names of others: `bracke`."""
    provider_id: ProviderId
    villages: tuple[Village, ...]
    weight: float
    """Its share of the visits."""

    @property
    def coordinator(self) -> str:
        """Who plans and corrects."""
        return f"coordinator/samordnare-{self.word}"

    @property
    def manager(self) -> str:
        """Who approves what the coordinator has corrected."""
        return f"unit_manager/enhetschef-{self.word}"


def providers_of(scope: Scope, chance: Chance) -> tuple[DemoProvider, ...]:
    """The municipality itself; a private provider beside it where the scope says so."""
    own = DemoProvider(provider_id=_provider_id(chance, "own"), name="Bräcke kommun, egen regi (demo)", in_house=True)
    other = DemoProvider(provider_id=_provider_id(chance, "outside"), name="Exempelomsorg AB (demo)", in_house=False)
    return (own, other) if scope.outside_provider else (own,)


def units_of(scope: Scope, chance: Chance) -> tuple[DemoUnit, ...]:
    """Three groups by where people live ([S:SEED3]); a private one that works in Bräcke where the scope says so."""
    own = _provider_id(chance, "own")
    units = (
        _unit(chance, "Bräcke", "bracke", own, BRACKE, 0.37),
        _unit(chance, "Gällö", "gallo", own, GALLO, 0.33),
        _unit(chance, "Kälarne", "kalarne", own, KALARNE, 0.3),
    )
    if not scope.outside_provider:
        return units
    outside = _provider_id(chance, "outside")
    return (*units, _unit(chance, "Exempelomsorg Bräcke", "exempelomsorg", outside, BRACKE, 0.12))


def _provider_id(chance: Chance, word: str) -> ProviderId:
    return ProviderId(chance.id_of("provider", word))


def _unit(
    chance: Chance, name: str, word: str, provider_id: ProviderId, villages: tuple[Village, ...], weight: float
) -> DemoUnit:
    return DemoUnit(
        unit_id=UnitId(chance.id_of("unit", word)),
        name=name,
        word=word,
        provider_id=provider_id,
        villages=villages,
        weight=weight,
    )
