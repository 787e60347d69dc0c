"""Service codes with Kristianstad's standard times (rules.md 4.1 [S:KSTD-SCH]), and health tasks without (3.1 [S:SEED3])."""

from typing import NamedTuple

from domain.ids import ServiceCode
from domain.order.values import LegalBasis
from domain.organisation.values import ServiceCategory as Category


class Service(NamedTuple):
    """One code. `minutes` is its standard time for one occasion; None where there is none."""

    code: ServiceCode
    name_sv: str
    name_en: str
    category: Category
    minutes: int | None
    legal_basis: LegalBasis = LegalBasis.SOL


def _service(code: str, name_sv: str, name_en: str, category: Category, minutes: int | None = None) -> Service:
    basis = LegalBasis.HSL if category is Category.HEALTH else LegalBasis.SOL
    return Service(ServiceCode(code), name_sv, name_en, category, minutes, basis)


CATALOGUE = (
    _service("MORNING", "Morgonhjälp", "Morning help", Category.PERSONAL_CARE, 15),
    _service("MIDDAY", "Middagshjälp", "Midday help", Category.PERSONAL_CARE, 15),
    _service("EVENING", "Kvällshjälp", "Evening help", Category.PERSONAL_CARE, 15),
    _service("CHECK", "Tillsyn", "Check-up visit", Category.PERSONAL_CARE, 15),
    _service("NIGHT", "Natthjälp", "Night help", Category.PERSONAL_CARE, 5),
    _service("SHOWER", "Dusch", "Shower", Category.PERSONAL_CARE, 40),
    _service("SELF_CARE", "Egenvård", "Self-care help", Category.PERSONAL_CARE, 10),
    _service("WALK_SOCIAL", "Promenad och social kontakt", "Walk and social contact", Category.PERSONAL_CARE, 45),
    _service("BED", "Bäddning", "Bed making", Category.SERVICE, 10),
    _service("BED_CHANGE", "Renbäddning", "Change of linen", Category.SERVICE, 10),
    _service("DISH_WASTE", "Disk och sopor", "Dishes and waste", Category.SERVICE, 10),
    _service("MAIL", "Tidning och post", "Newspaper and mail", Category.SERVICE, 5),
    _service("SHOP", "Inköp", "Shopping", Category.SERVICE, 45),
    _service("CLEAN_LIGHT", "Lättstäd och golvvård", "Light cleaning", Category.SERVICE, 30),
    _service("CLEAN", "Städning", "Cleaning", Category.SERVICE, 70),
    _service("WINDOWS", "Fönsterputs", "Window cleaning", Category.SERVICE, 90),
    _service("LAUNDRY", "Tvätt", "Laundry", Category.SERVICE, 20),
    _service("PHARMACY", "Apoteksärende", "Pharmacy errand", Category.SERVICE),
    _service("COMPANION", "Ledsagning", "Companion service", Category.COMPANION),
    _service("RELIEF", "Avlösning i hemmet", "Relief at home", Category.RELIEF),
    _service("ALARM", "Trygghetslarm", "Safety alarm", Category.ALARM),
    _service("MEALS", "Matdistribution", "Meal distribution", Category.MEALS),
    _service("PHONE", "Telefontjänst", "Reassurance call", Category.ALARM),
    _service("HSL_MEDICINE", "Läkemedelsöverlämnande", "Handing over medicines", Category.HEALTH),
    _service("HSL_INSULIN", "Insulingivning", "Insulin", Category.HEALTH),
    _service("HSL_EYE_DROPS", "Ögondroppar", "Eye drops", Category.HEALTH),
    _service("HSL_STOCKINGS", "Kompressionsstrumpor", "Compression stockings", Category.HEALTH),
    _service("HSL_WOUND", "Såromläggning", "Wound dressing", Category.HEALTH),
)
STANDARD = {service.code: service.minutes for service in CATALOGUE}
SHARED_BY_COUPLES = frozenset({"SHOP", "CLEAN_LIGHT", "CLEAN", "WINDOWS", "LAUNDRY"})
"""Marked with a half: a couple shares one standard time."""
HEALTH_CODES = tuple(service.code for service in CATALOGUE if service.category is Category.HEALTH)
CLEAN_SERVICE_ONLY_MINUTES = 90
"""Cleaning, where the order holds service alone."""
LAUNDRY_IN_BUILDING_MINUTES = 30
"""Laundry, where the machine stands elsewhere in the building."""
