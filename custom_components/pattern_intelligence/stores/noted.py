"""What is under way, noted in a text so that it is gone on with after a kill."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
import json
from typing import Any, ClassVar, Self

from .base import LocalStore


class Noted(ABC):
    """Something under way, of which there is one at most.

    Attributes:
        NAME: the name of its text.
    """

    __slots__ = ()

    NAME: ClassVar[str]

    @classmethod
    def of(cls, local: LocalStore) -> Self | None:
        """Return what is noted; None where nothing is, or nothing that can be read.

        Raises:
            StoreError: the store failed.
        """
        try:
            return cls._from_told(json.loads(local.read_text(cls.NAME) or "null"))
        except ValueError, LookupError, TypeError:
            return None

    def keep(self, local: LocalStore) -> None:
        """Note it, durably.

        Raises:
            StoreError: the store failed.
        """
        local.write_text(self.NAME, self.to_text())

    def to_text(self) -> str:
        """Return it as the text that is noted."""
        return json.dumps(self._told())

    @classmethod
    @abstractmethod
    def _from_told(cls, told: Mapping[str, Any]) -> Self:
        """Return what JSON tells; whatever else it holds raises an error of lookup."""

    @abstractmethod
    def _told(self) -> Mapping[str, Any]:
        """Return it as JSON has it."""
