"""What of a home is complete: the one point that is written last.

Points of a day are written one batch after the other, so they may be there in part.
What counts is what the watermark names: it lists every day ever learned, and of all
that is kept the version that is valid. It is a single point, so it changes as a whole
or not at all, and with it all that it stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
import json
from typing import Any, Final

from ..base import Layer, StoreTooNewError
from .dense import damaged, packed, unpacked
from .points import DAY_NS

SCHEMA: Final = 1
ATTIC: Final = -1
"""The version of what is too old for the server, and lies elsewhere."""


class Kind(StrEnum):
    """What a layer holds for a date."""

    TABLES = "tables"
    LIFE = "life"
    VERDICTS = "verdicts"


LAYER_OF: Final = {Kind.LIFE: Layer.WEEKLY, Kind.VERDICTS: Layer.DAILY}
"""Where what is told of a date lives; tables live in every layer."""

type Shelf = tuple[Layer, Kind]
SHELVES: Final[tuple[Shelf, ...]] = (
    *((layer, Kind.TABLES) for layer in Layer),
    *((layer, kind) for kind, layer in LAYER_OF.items()),
)


@dataclass(slots=True)
class Watermark:
    """What is complete.

    Attributes:
        generation: how often it was written.
        learned: rows and entities of every day learned, by day number.
        valid: by layer and kind: the version that is valid, by day number.
        garbage: by layer: times of points that may be there and are not valid.
        texts: texts by name.
    """

    generation: int = 0
    learned: dict[int, tuple[int, int]] = field(default_factory=dict)
    valid: dict[Shelf, dict[int, int]] = field(
        default_factory=lambda: {shelf: {} for shelf in SHELVES}
    )
    garbage: dict[Layer, set[int]] = field(
        default_factory=lambda: {layer: set() for layer in Layer}
    )
    texts: dict[str, str] = field(default_factory=dict)

    def begin(self, shelf: Shelf, day: int) -> int:
        """Choose a version that was never used before; until done it is garbage.

        So what arrives late of an attempt that was given up changes nothing.

        Args:
            shelf: layer and kind.
            day: day number.
        """
        layer = shelf[0]
        start = day * DAY_NS
        used = [
            version
            for each, versions in self.valid.items()
            if each[0] is layer and (version := versions.get(day, ATTIC)) != ATTIC
        ]
        used += [
            time - start
            for time in self.garbage[layer]
            if start <= time < start + DAY_NS
        ]
        version = max(used, default=-1) + 1
        self.garbage[layer].add(start + version)
        return version

    def done(self, shelf: Shelf, day: int, version: int) -> None:
        """Make a version the valid one; the one before is garbage from now on."""
        self.drop(shelf, day)
        self.valid[shelf][day] = version
        self.garbage[shelf[0]].discard(day * DAY_NS + version)

    def drop(self, shelf: Shelf, day: int) -> None:
        """Forget what is kept of a date."""
        version = self.valid[shelf].pop(day, None)
        if version is not None and version != ATTIC:
            self.garbage[shelf[0]].add(day * DAY_NS + version)

    def drop_where(
        self, shelf: Shelf, which: Callable[[int], bool], *, keep: bool = False
    ) -> None:
        """Forget what is kept of some dates, or of all others."""
        for day in [day for day in self.valid[shelf] if which(day) is not keep]:
            self.drop(shelf, day)

    def times(self, layer: Layer, *kinds: str) -> list[int]:
        """Return the times of what a layer's server holds of some kinds, ascending."""
        return sorted(
            day * DAY_NS + version
            for (of, kind), versions in self.valid.items()
            if of is layer and kind in kinds
            for day, version in versions.items()
            if version != ATTIC
        )

    def ranges(
        self, layer: Layer, spare: Iterable[int] = ()
    ) -> Iterator[tuple[int, int]]:
        """Yield the times of a layer's garbage, as few ranges without valid points.

        Args:
            layer: whose garbage.
            spare: other times at which something valid is.
        """
        valid = sorted([*self.times(layer, *Kind), *spare])
        times = sorted(self.garbage[layer])
        place, first = 0, None
        for at, time in enumerate(times):
            first = time if first is None else first
            while place < len(valid) and valid[place] < time:
                place += 1
            following = times[at + 1] if at + 1 < len(times) else None
            apart = place < len(valid) and (
                following is None or valid[place] < following
            )
            if following is None or apart:
                yield first, time
                first = None

    def as_text(self) -> str:
        """Return it as text that needs no escaping."""
        told: dict[str, Any] = {
            "schema": SCHEMA,
            "generation": self.generation,
            "learned": [[day, *mark] for day, mark in sorted(self.learned.items())],
            "valid": {
                f"{layer}/{kind}": sorted(versions.items())
                for (layer, kind), versions in self.valid.items()
            },
            "garbage": {layer: sorted(times) for layer, times in self.garbage.items()},
            "texts": self.texts,
        }
        return packed(json.dumps(told, separators=(",", ":")))

    @classmethod
    def from_text(cls, text: str) -> Watermark:
        """Return the watermark that a text holds.

        Raises:
            StoreTooNewError: a newer version wrote it.
            StoreDamagedError: it cannot be read.
        """
        try:
            told: Mapping[str, Any] = json.loads(unpacked(text))
            if told["schema"] > SCHEMA:
                raise StoreTooNewError(
                    "what InfluxDB holds was written by a newer version: update "
                    "Pattern Intelligence"
                )
            found = cls(generation=int(told["generation"]))
            found.learned = {day: (rows, n) for day, rows, n in told["learned"]}
            for shelf in SHELVES:
                pairs = told["valid"].get(f"{shelf[0]}/{shelf[1]}", ())
                found.valid[shelf] = dict(map(tuple, pairs))
            for layer in Layer:
                found.garbage[layer] = set(told["garbage"].get(layer, ()))
            found.texts = dict(told["texts"])
        except (ValueError, LookupError, TypeError) as err:
            raise damaged() from err
        return found
