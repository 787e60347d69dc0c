"""Whether a server may start with its settings: not where it would let in whom it should not, or tell what it should not."""

from infra.pinned_url import is_loopback
from infra.setting_values import PREFIX, SettingError
from infra.settings import Settings


def check_servable(settings: Settings, *, with_demo: bool = False) -> None:
    """Raise `SettingError` for the first setting that is not safe beside the others."""
    _check_issuer(settings)
    if settings.in_production:
        _check_production(settings, with_demo)


def _check_issuer(settings: Settings) -> None:
    if settings.client_id and not (settings.issuer and settings.public_url):
        raise SettingError(
            f"{PREFIX}CLIENT_ID needs {PREFIX}ISSUER and {PREFIX}PUBLIC_URL: people are sent there and back."
        )
    if not settings.issuer and (settings.audience or settings.jwks):
        raise SettingError(
            f"{PREFIX}AUDIENCE and {PREFIX}JWKS mean nothing without {PREFIX}ISSUER: tokens would be the development issuer's."
        )
    if settings.issuer and not settings.audience:
        raise SettingError(f"{PREFIX}ISSUER needs {PREFIX}AUDIENCE: else tokens for other servers would do.")
    if settings.acr and not settings.issuer:
        raise SettingError(
            f"{PREFIX}ACR means nothing without {PREFIX}ISSUER: the development issuer asks nobody to sign in."
        )
    if settings.role_claim == settings.unit_claim:
        raise SettingError(f"{PREFIX}ROLE_CLAIM and {PREFIX}UNIT_CLAIM cannot be one claim.")


def _check_production(settings: Settings, with_demo: bool) -> None:
    if not settings.issuer:
        raise SettingError(
            f"{PREFIX}MODE production needs {PREFIX}ISSUER and {PREFIX}AUDIENCE: it has no issuer of its own."
        )
    if settings.on_postgresql and not settings.store_reader:
        raise SettingError(
            f"{PREFIX}MODE production on PostgreSQL needs {PREFIX}STORE_READER: a role that reads behind row level security."
        )
    if not is_loopback(settings.host) and not settings.behind_tls:
        raise SettingError(
            f"{PREFIX}HOST would be reached in plain text. Have a proxy end TLS, and say so: {PREFIX}BEHIND_TLS=1."
        )
    if not settings.master_key:
        raise SettingError(
            f"{PREFIX}MODE production needs {PREFIX}MASTER_KEY: a copy of the data folder shall not hold the key of its keys."
        )
    if settings.dpop == "required" and not settings.public_url:
        raise SettingError(
            f"{PREFIX}DPOP required needs {PREFIX}PUBLIC_URL: a proof is for an address, and whoever asks could name another."
        )
    if with_demo:
        raise SettingError(f"A made-up municipality is not loaded in production: leave out --demo, or {PREFIX}MODE.")
