"""Lists kept as texts in the local store."""

from __future__ import annotations

import json

from .const import LOGGER
from .engine.pattern import Json


def items_of(text: str | None) -> list[Json]:
    """Return a list of objects that was kept as JSON.

    Args:
        text: as it was kept; None where it never was. What cannot be read counts as
            nothing: the rest of the store is of use without it.
    """
    try:
        items = json.loads(text or "[]")
    except ValueError:
        LOGGER.warning("A list in the store cannot be read, and begins anew")
        return []
    return items if isinstance(items, list) else []
