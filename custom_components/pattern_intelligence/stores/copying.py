"""Copying all that is learned from one store to another, and making sure that it is.

Killed at any moment, it goes on where it was: a mark in the local store says how far it
got, and writing a piece again changes nothing. In the end everything is compared.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar, Final, Self

from .base import AggregateStore, LocalStore, StoreError
from .contents import Contents, Part, Piece
from .noted import Noted

MOVE: Final = "move"
"""Name of the text that says how far a move has got."""

_ROUNDS: Final = 3
"""So often is everything compared at most: what is copied does not change meanwhile."""


class Stage(StrEnum):
    """What has to be done of a move.

    Until it is ``LET_GO``, all is where it was; from then on, all is in the new store.
    """

    COPY = "copy"
    LET_GO = "let_go"


@dataclass(frozen=True, slots=True)
class MoveMark(Noted):
    """How far a move has got.

    Attributes:
        old: names the store that all is in.
        new: names the store that all is to be in.
        stage: what has to be done.
        last: the last piece that was copied; None where none was.
    """

    old: str
    new: str
    stage: Stage = Stage.COPY
    last: Piece | None = None

    NAME: ClassVar[str] = MOVE

    @classmethod
    def _from_told(cls, told: Mapping[str, Any]) -> Self:
        last = told["last"]
        piece = Piece(Part(last[0]), date.fromisoformat(last[1])) if last else None
        return cls(told["old"], told["new"], Stage(told["stage"]), piece)

    def _told(self) -> Mapping[str, Any]:
        last = [self.last.part, self.last.day.isoformat()] if self.last else None
        return {"old": self.old, "new": self.new, "stage": self.stage, "last": last}


def copied(
    source: AggregateStore, target: AggregateStore, local: LocalStore, begun: MoveMark
) -> Generator[tuple[int, int]]:
    """Copy everything, compare everything; what differs is copied again.

    Each step blocks for about as long as a day takes to be written. Nothing may be
    learned into either store until it is over.

    Args:
        source: what is copied; it is only read.
        target: where to; what else it holds is deleted.
        local: where it is noted how far it got.
        begun: names both.

    Yields:
        How many steps are done, and how many there are in all.

    Raises:
        StoreError: a store failed, or both are still not equal.
    """
    mark = MoveMark.of(local)
    if mark is None or replace(mark, last=None) != begun:
        mark = begun
    old, new = Contents(source), Contents(target)
    if mark.last is None:
        # Nothing is deleted for what cannot be read, nor before that is noted.
        old.pieces()
        mark.keep(local)
        target.clear()
    for _ in range(_ROUNDS):
        pieces = old.pieces()
        steps = 2 * len(pieces)
        for done, piece in enumerate(pieces, start=1):
            if mark.last is None or piece > mark.last:
                new.write(piece, old.read(piece))
                mark = replace(mark, last=piece)
                mark.keep(local)
                yield done, steps
        if not set(new.pieces()) <= set(pieces):
            # What is too much cannot be taken out of a store piece by piece.
            mark = begun
            mark.keep(local)
            target.clear()
            continue
        equal = True
        for done, piece in enumerate(pieces, start=len(pieces) + 1):
            content = old.read(piece)
            if new.read(piece) != content:
                equal = False
                new.write(piece, content)
            yield done, steps
        if equal:
            return
    raise StoreError(
        "what was copied does not stay equal to what was learned: all is kept where it "
        "is"
    )
