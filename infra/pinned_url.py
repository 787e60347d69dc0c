"""Addresses that keys may come from: https, or http within this machine."""

from ipaddress import ip_address
from urllib.parse import urlsplit

LENGTH_MAX = 1_000


def is_pinnable(url: str) -> bool:
    """Whether keys may be fetched from an address. It names no user, and nothing in it is written twice over."""
    if not url.isascii() or not url.isprintable() or set(' "<>\\^`{|}#') & set(url) or len(url) > LENGTH_MAX:
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or "@" in parts.netloc:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def is_loopback(host: str) -> bool:
    """Whether a name or address is this machine's own, which nobody else reaches."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
