"""Prints how well the detectors do in simulated homes, and how quiet in empty ones.

    python -m benchmarks.accuracy [--seeds 100-109] [--days 60] [--noise normal dense]
                                  [--detectors time_of_day co_occurrence] [--nulls]
                                  [--quick] [--show]

Homes are simulated for some weeks more than are learned; what was stated is checked
against them. With `--nulls`, false patterns are counted in homes that have no habit.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
import os
import sys
from typing import Any

import numpy as np

from .calibration import outcomes
from .learned import detected_in, patterns_of
from .occasions import Occasions
from .scoring import Found, Score, false_kinds, score_pairs, score_times
from .simulator import Home, null_of, random_home, simulate
from .simulator.plan import Noise

#: Days simulated after those learned, to check what was stated.
AFTER = 28
_MONTH = 365.25 / 12
_SCORERS: dict[str, Callable[[Sequence[Any], Home, int], Score]] = {
    "time_of_day": score_times,
    "co_occurrence": score_pairs,
}
_NULLS = ("poisson", "rhythm", "permuted", "turned", "redrawn")


@dataclass(slots=True)
class Tally:
    """What a detector did in one home, or in many."""

    reported: int = 0
    planted: int = 0
    false: int = 0
    few: int = 0
    wanted: list[Found] = field(default_factory=list)
    occasions: Occasions = field(default_factory=Occasions)
    shown: list[str] = field(default_factory=list)

    def join(self, other: Tally) -> None:
        """Add another home."""
        self.reported += other.reported
        self.planted += other.planted
        self.false += other.false
        self.few += other.few
        self.wanted += other.wanted
        self.occasions.join(other.occasions)
        self.shown += other.shown


@dataclass(frozen=True, slots=True)
class Task:
    """What is measured in each home; `quick` leaves out the life of patterns."""

    days: int
    noise: Noise
    detectors: tuple[str, ...]
    quick: bool

    def patterns(self, home: Home) -> list[dict[str, Any]]:
        """Return what the engine says of a home."""
        learn = detected_in if self.quick else patterns_of
        return learn(home, self.days, self.detectors)

    def measure(self, seed: int) -> dict[str, Tally]:
        """Return how each detector did in the home of a seed."""
        home = simulate(seed, self.days, after=AFTER, noise=self.noise, rows_per_day=0)
        patterns = self.patterns(home)
        checked = outcomes(patterns, home, self.days)
        found: dict[str, Tally] = {}
        for kind in self.detectors:
            score = _SCORERS[kind](patterns, home, self.days)
            found[kind] = Tally(
                score.reported,
                score.planted,
                len(score.false),
                score.few,
                score.wanted,
                checked[kind],
                list(_shown(seed, kind, score)),
            )
        return found

    def count_false(self, null: tuple[str, int]) -> dict[str, int]:
        """Return how many patterns of each type a home without habits has."""
        home = _null(*null, self.days, self.noise)
        types = [pattern["type"] for pattern in self.patterns(home)]
        return {kind: types.count(kind) for kind in self.detectors}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report that the command line asks for."""
    given = _parser().parse_args(arguments)
    with ProcessPoolExecutor(given.jobs) as pool:
        for noise in given.noise:
            task = Task(given.days, noise, tuple(given.detectors), given.quick)
            total = {kind: Tally() for kind in given.detectors}
            for tallies in pool.map(task.measure, given.seeds):
                for kind, tally in tallies.items():
                    total[kind].join(tally)
            lines = [f"{len(given.seeds)} homes, {given.days} days, {noise} noise"]
            for kind, tally in total.items():
                lines += lines_of(kind, tally)
                if given.show:
                    lines += tally.shown
            if given.nulls:
                nulls = [(kind, seed) for kind in _NULLS for seed in given.seeds]
                counts = list(pool.map(task.count_false, nulls))
                lines += null_lines(task, nulls, counts, len(given.seeds))
            sys.stdout.write("\n".join(lines) + "\n\n")
    return 0


def lines_of(kind: str, tally: Tally) -> list[str]:
    """Return the lines of one detector's report."""
    right = tally.reported - tally.false
    precision = right / tally.reported if tally.reported else 1.0
    return [
        (
            f"{kind}: precision {precision:.3f} ({right} of {tally.reported} true,"
            f" {tally.planted} say what was planted)"
        ),
        *_recalls(kind, tally.wanted),
        f"  left out, since they happened too rarely to be learned: {tally.few}",
        f"  next {AFTER} days: {tally.occasions}",
    ]


def _recalls(kind: str, wanted: Sequence[Found]) -> list[str]:
    """Return recall and errors by kind of planted habit."""
    groups: dict[str, Callable[[Found], bool]] = {"all": lambda one: True}
    if kind == "time_of_day":
        groups = {
            "clear": lambda one: one.habit.clear,
            "each": lambda one: one.habit.anchor == "each",
            "first": lambda one: one.habit.anchor == "first",
            "last": lambda one: one.habit.anchor == "last",
        } | groups
    lines: list[str] = []
    for name, chosen in groups.items():
        mine = [one for one in wanted if chosen(one)]
        found = [one for one in mine if one.patterns]
        recall = len(found) / len(mine) if mine else 1.0
        line = f"  recall {name:6s} {recall:.3f} ({len(found)} of {len(mine)})"
        errors = [one.error for one in found if one.error is not None]
        if errors:
            unit = "min" if kind == "time_of_day" else "s"
            line += f", median error {np.median(errors):.1f} {unit}"
        masks = [one.mask for one in found if one.mask is not None]
        if masks and name in {"clear", "each"}:
            line += f", weekdays exact {np.mean(masks):.3f}"
        lines.append(line)
    return lines


def null_lines(
    task: Task,
    nulls: Sequence[tuple[str, int]],
    counts: Sequence[dict[str, int]],
    homes: int,
) -> Iterator[str]:
    """Yield the false patterns per home and month, by kind of null."""
    months = task.days / _MONTH * homes
    yield "false patterns per home and month"
    for kind in _NULLS:
        mine = [
            count for null, count in zip(nulls, counts, strict=True) if null[0] == kind
        ]
        # Habits of single entities survive when whole days change places.
        told = [
            f"{name} {sum(one[name] for one in mine) / months:.2f}"
            for name in task.detectors
            if (kind, name) != ("permuted", "time_of_day")
        ]
        yield f"  {kind:8s} {', '.join(told)}"


def _null(kind: str, seed: int, days: int, noise: Noise) -> Home:
    """Return a home without habits."""
    match kind:
        case "poisson" | "rhythm":
            return random_home(seed, days, kind=kind, noise=noise, rows_per_day=0)
        case "permuted" | "turned" | "redrawn":
            home = simulate(seed, days, noise=noise, rows_per_day=0)
            return null_of(home, kind, rows_per_day=0)
    raise ValueError(kind)


def _shown(seed: int, kind: str, score: Score) -> Iterator[str]:
    """Yield what was false and what was missed in a home."""
    for text, count in false_kinds(score).items():
        yield f"  home {seed} {kind} false: {text} ({count})"
    for one in score.wanted:
        if one.patterns:
            continue
        habit = one.habit
        steps = " -> ".join(f"{s.entity_id}={s.state}" for s in habit.steps)
        yield (
            f"  home {seed} {kind} missed: {habit.name}: {steps}, adherence"
            f" {habit.adherence:.2f}, sd {habit.sd or 0:.0f} min,"
            f" {len(habit.kept)} times"
        )


def _parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.accuracy",
        description="How well the detectors do in simulated homes.",
    )
    parser.add_argument("--seeds", type=seeds_of, default=seeds_of("100-109"))
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument(
        "--noise", nargs="+", choices=("normal", "dense"), default=["normal", "dense"]
    )
    parser.add_argument(
        "--detectors", nargs="+", choices=tuple(_SCORERS), default=list(_SCORERS)
    )
    parser.add_argument(
        "--nulls", action="store_true", help="also homes without habits"
    )
    parser.add_argument(
        "--quick", action="store_true", help="detect once, without a track record"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--show", action="store_true", help="what was false or missed")
    return parser


def seeds_of(text: str) -> list[int]:
    """Return the seeds that a range such as 100-109, or a list 1,5,7, names."""
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


if __name__ == "__main__":
    sys.exit(main())
