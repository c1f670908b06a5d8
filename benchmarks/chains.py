"""What followed what in a home: a Markov chain, and what of it may be told at all."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from custom_components.pattern_intelligence.engine.civil import (
    DAY_MS,
    WAKING_DAY_STARTS_MS,
)
from custom_components.pattern_intelligence.engine.co_occurrence.stream import MIN_DAYS
from custom_components.pattern_intelligence.engine.evidence import LISTED_FROM
from custom_components.pattern_intelligence.engine.window import Key

from .pattern_guess import ends

type Moment = tuple[int, Sequence[Key]]
"""Wall milliseconds, and what happened then."""


class Untold(StrEnum):
    """Why no pattern says that something comes next."""

    ITSELF = "itself"
    """It is the same thing once more, as a sensor sees somebody again."""

    SELDOM = "seldom"
    """It rather does not than does."""

    FEW_DAYS = "few days"
    """It was seen on too few of them."""


def begun(keys: Sequence[Key]) -> list[Key]:
    """Return what begins, of what happens at once."""
    return [key for key in keys if not ends(key)]


@dataclass(frozen=True)
class Followers:
    """What began next, after everything that happened.

    Attributes:
        counts: how often each thing was among what began next.
        occasions: how often everything happened.
        days: on how many waking days it did.
        usual: what begins, the most frequent first.
    """

    counts: Mapping[Key, Counter[Key]]
    occasions: Counter[Key]
    days: Mapping[Key, int]
    usual: Sequence[Key]

    @classmethod
    def of(cls, before: Sequence[Moment]) -> Followers:
        """Return those of what happened, in order."""
        counts: dict[Key, Counter[Key]] = defaultdict(Counter)
        following: list[Key] = []
        for _, keys in reversed(before):
            for key in keys:
                counts[key].update(following)
            following = begun(keys) or following
        occasions = Counter(key for _, keys in before for key in keys)
        days: dict[Key, set[int]] = defaultdict(set)
        for wall, keys in before:
            for key in keys:
                days[key].add((wall - WAKING_DAY_STARTS_MS) // DAY_MS)
        usual = Counter(key for _, keys in before for key in begun(keys))
        return cls(
            counts,
            occasions,
            {key: len(own) for key, own in days.items()},
            [key for key, _ in usual.most_common()],
        )

    def share(self, key: Key, after: Key) -> float:
        """Return how often something came next, of the times that a key happened."""
        return self.counts.get(key, Counter())[after] / max(self.occasions[key], 1)

    def untold(self, key: Key, after: Key) -> Untold | None:
        """Return why it may not be told that one follows the other, if it may not."""
        if key.entity_id == after.entity_id:
            return Untold.ITSELF
        if self.share(key, after) < LISTED_FROM:
            return Untold.SELDOM
        return Untold.FEW_DAYS if self.days[key] < MIN_DAYS else None


class Chain:
    """Guesses what mostly came after the last moment."""

    def __init__(self, known: Followers) -> None:
        """Take what followed what."""
        self._counts, self._usual = known.counts, known.usual
        self._last: list[Key] = []
        self._now = -1

    def see(self, key: Key, wall: int) -> None:
        """Remember it."""
        if wall != self._now:
            self._now, self._last = wall, []
        self._last.append(key)

    def guess(self) -> Sequence[Key]:
        """Return what came after it."""
        counts: Counter[Key] = Counter()
        for key in self._last:
            counts.update(self._counts.get(key, {}))
        return [*(key for key, _ in counts.most_common()), *self._usual]


class Tellable(Chain):
    """Guesses what a chain knows that a pattern may say, else what is frequent."""

    def __init__(self, known: Followers) -> None:
        """Take what followed what."""
        super().__init__(known)
        self._counts = {
            key: Counter(
                {
                    after: count
                    for after, count in own.items()
                    if known.untold(key, after) is None
                }
            )
            for key, own in known.counts.items()
        }
