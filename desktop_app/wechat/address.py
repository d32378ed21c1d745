"""Where requests may go and by which way: https or loopback only, and the proxy, read once."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

import requests.utils

from desktop_app.errors import BadRequest, SettingsError


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this computer."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_url(url: str) -> str:
    """``url`` without a trailing slash, if requests may go there; a path in it is kept.

    Raises ``BadRequest``: ``address.malformed`` (no host, user information, query or fragment in it) or
    ``address.insecure`` (plain http to anything but this computer).
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except (ValueError, AttributeError, TypeError):
        raise BadRequest("address.malformed") from None
    if not host or parts.username is not None or parts.query or parts.fragment or re.search(r"[\s\\]", url):
        raise BadRequest("address.malformed")
    if parts.scheme == "http" and not is_loopback(host):
        raise BadRequest("address.insecure", host=host)
    if parts.scheme not in ("http", "https"):
        raise BadRequest("address.malformed")
    return url.rstrip("/")


def proxies_for(url: str, proxy: str | None) -> dict[str, str]:
    """The proxy for ``url`` as requests takes it; empty means direct. Loopback is always direct.

    ``proxy`` is ``"system"`` (environment, system settings and their exceptions), None, or an address with
    user and password. Raises ``SettingsError("proxy.malformed")`` for an address that is none.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if proxy is None or is_loopback(host):
        return {}
    if proxy == "system":
        found = requests.utils.get_environ_proxies(url)
        chosen = requests.utils.select_proxy(url, found)
        return {parts.scheme: _checked_proxy(chosen)} if chosen else {}
    return {parts.scheme: _checked_proxy(proxy)}


def _checked_proxy(proxy: str) -> str:
    address = proxy if "://" in proxy else f"http://{proxy}"
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:  # without the address itself: it may hold a password
        raise SettingsError("proxy.malformed")
    return address
