"""What is to be said, before it is known in which language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Sentence:
    """A phrase by its name, and what stands in place of its placeholders.

    Attributes:
        phrase: its name among the phrases of :mod:`.wording`.
        values: by placeholder; numbers are written as the language writes them.
    """

    phrase: str
    values: Mapping[str, object]

    @classmethod
    def of(cls, phrase: str, /, **values: object) -> Self:
        """Return a sentence from the name of its phrase and what fills it."""
        return cls(phrase, values)
