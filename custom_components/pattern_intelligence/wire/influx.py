"""What an InfluxDB's address may be, and what it says when it says no."""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import urlsplit

from ..engine.sentence import SaidError

SAID: Final = 200
"""Characters of what a server says that are passed on."""


class AddressError(SaidError):
    """A URL is no address of a server."""


def check_url(url: str) -> None:
    """Refuse what is not the address of a server, and nothing but that.

    Args:
        url: ``http://host:8086`` or ``https://…``.

    Raises:
        AddressError: it is none, or would have a password told with it.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
        usable = usable and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        raise AddressError(
            "the address of InfluxDB is not usable: write http://HOST:8086 or "
            "https://HOST"
        )
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise AddressError(
            "the address of InfluxDB holds more than a host: leave out users, "
            "passwords and what follows ? or #"
        )


def said_in(body: bytes | str | None) -> str:
    """Return what a server says in an answer's body, in one short line."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body)
    try:
        found = json.loads(text)
        text = str(found.get("message") or found.get("error") or text)
    except ValueError, AttributeError:
        pass
    line = " ".join(text.split())
    return line if len(line) <= SAID else f"{line[:SAID]}…"
