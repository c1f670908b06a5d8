"""Prints how well the detectors do in simulated homes, and how quiet in empty ones.

    python -m benchmarks.accuracy [--seeds 100-109] [--days 60] [--noise normal dense]
                                  [--detectors time_of_day co_occurrence] [--nulls]
                                  [--show]

Homes are simulated for some weeks more than are learned; what was stated is checked
against them. With `--nulls`, false patterns are counted in homes that have no habit.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
import sys
from typing import Any

import numpy as np

from .calibration import Outcome, outcomes
from .learned import patterns_of
from .scoring import (
    Found,
    Score,
    expected_calibration_error,
    false_kinds,
    score_pairs,
    score_times,
)
from .simulator import Home, null_of, random_home, simulate
from .simulator.plan import Noise

#: Days simulated after those learned, to check what was stated.
AFTER = 28
_MONTH = 365.25 / 12
_SCORERS: dict[str, Callable[[Sequence[Any], Home, int], Score]] = {
    "time_of_day": score_times,
    "co_occurrence": score_pairs,
}


@dataclass(slots=True)
class Tally:
    """What a detector did over many homes."""

    reported: int = 0
    false: int = 0
    few: int = 0
    wanted: list[Found] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    def add(self, score: Score, checked: list[Outcome]) -> None:
        """Count one home."""
        self.reported += score.reported
        self.false += len(score.false)
        self.few += score.few
        self.wanted += score.wanted
        self.outcomes += checked


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report that the command line asks for."""
    given = _parser().parse_args(arguments)
    write = sys.stdout.write
    for noise in given.noise:
        tallies = {kind: Tally() for kind in given.detectors}
        for seed in given.seeds:
            home = simulate(seed, given.days, after=AFTER, noise=noise, rows_per_day=0)
            patterns = patterns_of(home, given.days, given.detectors)
            checked = outcomes(patterns, home, given.days)
            for kind, tally in tallies.items():
                score = _SCORERS[kind](patterns, home, given.days)
                tally.add(score, [one for one in checked if one.type == kind])
                if given.show:
                    _show(seed, kind, score)
        write(f"\n{len(given.seeds)} homes, {given.days} days, {noise} noise\n")
        for kind, tally in tallies.items():
            write("\n".join(_lines(kind, tally)) + "\n")
        if given.nulls:
            write(_nulls(given, noise))
    return 0


def _lines(kind: str, tally: Tally) -> list[str]:
    """Return the lines of one detector's report."""
    right = tally.reported - tally.false
    precision = right / tally.reported if tally.reported else 1.0
    lines = [
        f"{kind}: precision {precision:.3f} ({right} of {tally.reported})",
        *_recalls(kind, tally.wanted),
        f"  left out, since they happened too rarely to be learned: {tally.few}",
    ]
    stated = [one.stated for one in tally.outcomes]
    happened = [one.happened for one in tally.outcomes]
    if stated:
        gap = expected_calibration_error(stated, happened)
        brier = float(np.mean((np.array(stated) - np.array(happened)) ** 2))
        constant = float(np.var(happened))
        skill = 1 - brier / constant if constant else 0.0
        lines.append(
            f"  next {AFTER} days: {len(stated)} occasions, stated"
            f" {np.mean(stated):.3f}, happened {np.mean(happened):.3f},"
            f" ECE {gap:.3f}, Brier {brier:.3f} (skill over a constant {skill:+.3f})"
        )
    return lines


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


def _nulls(given: argparse.Namespace, noise: Noise) -> str:
    """Return the false patterns per home and month, by kind of null."""
    months = given.days / _MONTH * len(given.seeds)
    lines: list[str] = []
    for kind in ("poisson", "rhythm", "permuted", "turned", "redrawn"):
        counts = dict.fromkeys(given.detectors, 0)
        for seed in given.seeds:
            home = _null(kind, seed, given.days, noise)
            for pattern in patterns_of(home, given.days, given.detectors):
                counts[pattern["type"]] += 1
        # Habits of single entities survive when whole days change places.
        silent = {"permuted": ("time_of_day",)}.get(kind, ())
        shown = ", ".join(
            f"{name} {count / months:.2f}"
            for name, count in counts.items()
            if name not in silent
        )
        lines.append(f"  {kind:8s} {shown}")
    return "false patterns per home and month\n" + "\n".join(lines) + "\n"


def _null(kind: str, seed: int, days: int, noise: Noise) -> Home:
    """Return a home without habits."""
    match kind:
        case "poisson" | "rhythm":
            return random_home(seed, days, kind=kind, noise=noise, rows_per_day=0)
        case "permuted" | "turned" | "redrawn":
            home = simulate(seed, days, noise=noise, rows_per_day=0)
            return null_of(home, kind, rows_per_day=0)
    raise ValueError(kind)


def _show(seed: int, kind: str, score: Score) -> None:
    """Print what was false and what was missed in a home."""
    for text, count in false_kinds(score).items():
        sys.stdout.write(f"  home {seed} {kind} false: {text} ({count})\n")
    for one in score.wanted:
        if not one.patterns:
            habit = one.habit
            steps = " -> ".join(f"{s.entity_id}={s.state}" for s in habit.steps)
            sys.stdout.write(
                f"  home {seed} {kind} missed: {habit.name}: {steps},"
                f" adherence {habit.adherence:.2f}, sd {habit.sd or 0:.0f} min,"
                f" {len(habit.kept)} times\n"
            )


def _parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.accuracy",
        description="How well the detectors do in simulated homes.",
    )
    parser.add_argument("--seeds", type=_seeds, default=_seeds("100-109"))
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
    parser.add_argument("--show", action="store_true", help="what was false or missed")
    return parser


def _seeds(text: str) -> list[int]:
    """Return the seeds that a range such as 100-109, or a list 1,5,7, names."""
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


if __name__ == "__main__":
    sys.exit(main())
