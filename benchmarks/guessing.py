"""The next happening of the home, guessed from published patterns and otherwise.

Asked is what the next other entity does: that a door which opened will close is no
news, and would drown all else.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from custom_components.pattern_intelligence.engine.civil import DAY_MINUTES, DAY_MS
from custom_components.pattern_intelligence.engine.pattern import Finding, PatternType
from custom_components.pattern_intelligence.engine.window import Key, Window

AMONG = 3
MINUTE_MS = 60_000

type Guess = Callable[[Key, int], Sequence[Key]]
"""From what happened last and its wall time to guesses, best first."""


@dataclass(frozen=True)
class Guesses:
    """Shares of happenings that were guessed: at once, and among three.

    Attributes:
        patterns: from the published patterns alone.
        frequency: from how often everything happens.
        chain: from what followed the last happening (first-order Markov).
    """

    patterns: tuple[float, float]
    frequency: tuple[float, float]
    chain: tuple[float, float]

    @classmethod
    def mean(cls, homes: Sequence[Guesses]) -> Guesses:
        """Return the mean over homes, each counting alike."""
        figures = np.mean(
            [[home.patterns, home.frequency, home.chain] for home in homes], axis=0
        )
        patterns, frequency, chain = ((float(a), float(b)) for a, b in figures)
        return cls(patterns, frequency, chain)

    def __str__(self) -> str:
        """Return the figures in a line."""
        return "  ".join(
            f"{name} {100 * first:.0f}/{100 * three:.0f}"
            for name, (first, three) in (
                ("patterns", self.patterns),
                ("frequency", self.frequency),
                ("chain", self.chain),
            )
        )


def guess_rates(
    learned: Window, held_out: Window, findings: Sequence[Finding]
) -> Guesses:
    """Return how often the next happening of the days held out is guessed.

    Args:
        learned: what frequency and chain are counted in.
        held_out: the days guessed.
        findings: what was published at the end of the days learned.
    """
    frequency = [
        key for key, _ in Counter(k for _, k in _followed(learned)).most_common()
    ]
    followers: dict[Key, Counter[Key]] = defaultdict(Counter)
    for (key, _), following in _followed(learned):
        followers[key][following] += 1
    chains = {key: [k for k, _ in c.most_common(AMONG)] for key, c in followers.items()}
    after = _followed(held_out)
    return Guesses(
        _rate(after, from_patterns(findings)),
        _rate(after, lambda key, wall: frequency),
        _rate(after, lambda key, wall: [*chains.get(key, ()), *frequency]),
    )


def _in_order(window: Window) -> list[tuple[Key, int]]:
    order = np.lexsort((window.key, window.instant))
    return [
        (window.keys[key], wall)
        for key, wall in zip(
            window.key[order].tolist(), window.wall[order].tolist(), strict=True
        )
    ]


def _followed(window: Window) -> list[tuple[tuple[Key, int], Key]]:
    """Return each happening with what the next other entity then did."""
    happened = _in_order(window)
    pairs: list[tuple[tuple[Key, int], Key]] = []
    following: dict[str, Key] = {}
    for key, wall in reversed(happened):
        other = next(
            (k for entity, k in reversed(following.items()) if entity != key.entity_id),
            None,
        )
        if other:
            pairs.append(((key, wall), other))
        following.pop(key.entity_id, None)
        following[key.entity_id] = key
    return pairs[::-1]


def _rate(
    followed: Sequence[tuple[tuple[Key, int], Key]], guess: Guess
) -> tuple[float, float]:
    first = three = 0
    for (key, wall), following in followed:
        candidates = dict.fromkeys(guess(key, wall))
        guesses = [k for k in candidates if k.entity_id != key.entity_id][:AMONG]
        first += guesses[:1] == [following]
        three += following in guesses
    pairs = max(len(followed), 1)
    return first / pairs, three / pairs


def from_patterns(findings: Sequence[Finding]) -> Guess:
    """Return a guess that knows the published patterns and nothing else.

    First the links of what just happened, by how often they are the very next thing;
    then what is usual around this time; then what patterns speak of most.
    """
    links: dict[Key, list[tuple[float, Key]]] = defaultdict(list)
    for finding in findings:
        if finding.type is PatternType.CO_OCCURRENCE:
            share = finding.details.get("next", finding.confidence)
            links[finding.entities[0]].append((float(share), finding.entities[1]))
    told: dict[Key, float] = {}
    for finding in findings:
        key = finding.entities[-1]
        rate = finding.evidence.occurrences / max(finding.evidence.days_eligible, 1)
        told[key] = max(told.get(key, 0.0), rate)
    usual = sorted(told, key=lambda key: -told[key])
    timed = [f for f in findings if f.type is PatternType.TIME_OF_DAY]

    def guess(key: Key, wall: int) -> Iterable[Key]:
        linked = [k for _, k in sorted(links.get(key, ()), key=lambda link: -link[0])]
        return [*linked, *_due(timed, wall), *usual]

    return lambda key, wall: list(guess(key, wall))


def _due(timed: Sequence[Finding], wall: int) -> list[Key]:
    """Return what usually happens around a wall time, the surest first."""
    minute = wall % DAY_MS / MINUTE_MS
    due = []
    for finding in timed:
        assert finding.when is not None
        width = (finding.when.latest - finding.when.earliest) % DAY_MINUTES
        if (minute - finding.when.earliest) % DAY_MINUTES <= width:
            due.append((-finding.confidence, finding.entities[0]))
    return [key for _, key in sorted(due)]
