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


class SaidError(Exception):
    """An error that a person is told of.

    Its text is one line that says what is wrong and what to do.

    Args:
        text: in English, with placeholders; its translations go by it.
        values: what stands in place of the placeholders.
    """

    def __init__(self, text: str, /, **values: object) -> None:
        """Say it in English."""
        super().__init__(text.format_map(values) if values else text)
        self._text = text
        self._values = values

    def said(self, translated: Mapping[str, str]) -> str:
        """Return what is wrong in a language, or in English.

        Args:
            translated: texts of errors, by what they are in English.
        """
        text = translated.get(self._text, self._text)
        return text.format_map(self._values) if self._values else text
