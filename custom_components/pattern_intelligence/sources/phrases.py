"""What is said in a language, from the files beside: patterns, and what went wrong.

Home Assistant's own translations hold neither: patterns are also put into words where
no Home Assistant runs, and errors are raised there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
import json
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[1] / "phrases"


@dataclass(frozen=True, slots=True)
class Phrases:
    """What is said in a language.

    Attributes:
        patterns: phrases of patterns, by the names that the engine has for them.
        errors: what went wrong, by what it is in English.
    """

    patterns: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def phrases_in(language: str) -> Phrases:
    """Return what is said in a language, or in what comes nearest to it. Blocks.

    Args:
        language: a BCP 47 tag; nothing is returned for English, and for a language
            that nobody translated to.
    """
    for tag in _nearer(language):
        path = FOLDER / f"{tag}.json"
        if path.is_file():
            return _read(path)
    return Phrases()


def _nearer(language: str) -> Iterator[str]:
    """Yield a tag and the more general ones of it, if they can be names of files."""
    parts = language.split("-")
    for count in range(len(parts), 0, -1):
        tag = "-".join(parts[:count])
        if tag.replace("-", "").isalnum():
            yield tag


@cache
def _read(path: Path) -> Phrases:
    return Phrases(**json.loads(path.read_text(encoding="utf-8")))
