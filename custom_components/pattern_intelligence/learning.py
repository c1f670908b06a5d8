"""Whether days are learned: what the person switched, kept over restarts."""

from __future__ import annotations

from typing import Final

from .stores.base import LocalStore

LEARNING: Final = "learning"
"""Name of the text that says whether learning is switched on."""

_OFF: Final = "off"


def learning_is_on(local: LocalStore) -> bool:
    """Tell whether days are learned. Blocks.

    Raises:
        StoreError: the store failed.
    """
    return local.read_text(LEARNING) != _OFF


def keep_learning(local: LocalStore, on: bool) -> None:
    """Keep whether days are learned. Blocks.

    Raises:
        StoreError: the store failed; it stays as it was.
    """
    local.write_text(LEARNING, "on" if on else _OFF)
