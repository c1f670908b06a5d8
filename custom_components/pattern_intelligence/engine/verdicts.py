"""What was out of the ordinary on a day, as a text that is kept with it."""

from __future__ import annotations

from collections.abc import Sequence
import json

from .finding_json import from_json, to_json
from .home import Home
from .keys import Resolve
from .pattern import Finding


def to_text(findings: Sequence[Finding]) -> str:
    """Return a day's findings as JSON with every figure exact."""
    return json.dumps([to_json(found) for found in findings], separators=(",", ":"))


def from_text(text: str, resolve: Resolve, home: Home) -> list[Finding]:
    """Return what :func:`to_text` wrote, with the ids that entities have now.

    Args:
        text: the JSON.
        resolve: maps ids that entities had to those they have.
        home: tells the areas they are in now.

    Raises:
        ValueError: it is no such text.
    """
    try:
        return [from_json(stored, resolve, home) for stored in json.loads(text)]
    except (LookupError, TypeError) as err:
        raise ValueError("the stored verdicts are damaged") from err
