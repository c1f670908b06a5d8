"""Prints how well the detectors do in simulated homes, and how quiet in empty ones.

    python -m benchmarks.accuracy [--seeds 100-109] [--days 30 60 180]
                                  [--noise normal dense] [--detectors time_of_day ...]
                                  [--nulls] [--quick] [--plain] [--show]

Homes are simulated for some weeks more than are learned; what was stated is checked
against them, and on some of these days something is out of the ordinary. With
`--nulls`, false patterns are counted in homes that have no habit.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
import os
import sys

from custom_components.pattern_intelligence.engine.detectors import registry
from custom_components.pattern_intelligence.engine.window import WINDOW_DAYS

from .accuracy_table import Tally, lines_of, null_lines, odd_lines
from .calibration import outcomes
from .claims import Json
from .fresh import FreshDays
from .learned import chosen, days_of, detected_as_of, lived_with
from .odd_days import OddScore, judged, score_odd_days
from .scoring import Score, false_kinds, score_pairs, score_times
from .scoring_contextual import score_contextual
from .scoring_day_types import score_day_types
from .scoring_routines import score_durations, score_rooms, score_sequences
from .scoring_seasonal import score_seasonal
from .scoring_sessions import score_sessions
from .simulator import Home, null_of, random_home, simulate
from .simulator.plan import Noise
from .tellable import Law

#: Days simulated after those learned, to check what was stated.
AFTER = 28
#: A run judges so many days anew, the last of them its own.
_JUDGED = 27
_SCORERS: dict[str, Callable[[Sequence[Json], Home, int, FreshDays], Score]] = {
    "time_of_day": lambda patterns, home, days, _: score_times(patterns, home, days),
    "co_occurrence": score_pairs,
    "sequence": score_sequences,
    "room_based": score_rooms,
    "duration": score_durations,
    "day_type": score_day_types,
    "session": score_sessions,
    "contextual": score_contextual,
    "seasonal": score_seasonal,
}
ANOMALY = "anomaly"
_NULLS = ("poisson", "rhythm", "permuted", "turned", "redrawn")
#: What survives in a null of a kind and is not false: whole days that change places
#: keep their times, and days of absence among them are odd in their new places; how
#: long things last stays as it is, and so does on which days they are used.
_SURVIVES = {
    "permuted": {"time_of_day", "room_based use", "duration", ANOMALY},
    "turned": {"duration", "day_type"},
    "redrawn": {"duration", "day_type"},
}


@dataclass(frozen=True, slots=True)
class Task:
    """What is measured in each home; `quick` leaves out the life of patterns."""

    days: int
    noise: Noise
    detectors: tuple[str, ...]
    quick: bool
    rich: bool = True

    def measure(self, seed: int) -> tuple[dict[str, Tally], OddScore]:
        """Return how each detector did in the home of a seed."""
        home = simulate(
            seed,
            self.days,
            after=AFTER,
            noise=self.noise,
            rows_per_day=0,
            rich=self.rich,
        )
        patterns, odd = self._learned(home)
        known = days_of(home)
        fresh = FreshDays(home)
        checked = outcomes(patterns, home, self.days, known)
        found: dict[str, Tally] = {}
        for kind in self.detectors:
            if kind == ANOMALY:
                continue
            score = _SCORERS[kind](patterns, home, self.days, fresh)
            found[kind] = Tally(
                score.reported,
                score.planted,
                len(score.false),
                score.few,
                score.wanted,
                checked.get(kind, Tally().occasions),
                list(_shown(seed, kind, score)),
            )
        return found, odd

    def _learned(self, home: Home) -> tuple[list[Json], OddScore]:
        """Return what is known after the days learned, and what is said of later."""
        judges = ANOMALY in self.detectors and self.days + AFTER > WINDOW_DAYS
        last = home.days - 1
        first = last - _JUDGED + 1
        if self.quick:
            known, detectors = days_of(home), chosen(self.detectors)
            start = home.first_day
            as_of = start + timedelta(days=self.days - 1)
            patterns: list[Json] = list(detected_as_of(known, as_of, detectors))
            told = (
                judged(
                    known,
                    detectors,
                    start + timedelta(days=first),
                    start + timedelta(days=last),
                )
                if judges
                else []
            )
        else:
            ends = (self.days, home.days) if judges else (self.days,)
            reports = lived_with(home, ends, self.detectors)
            patterns = list(reports[0])
            told = [one for one in reports[-1] if one["type"] == ANOMALY]
        patterns = [one for one in patterns if one["type"] != ANOMALY]
        if not judges:
            return patterns, OddScore()
        law = Law(home)
        odd = score_odd_days(told, home, first, last, law.tells, law.tells_by_days)
        odd.shown = [f"  home {home.seed} anomaly {text}" for text in odd.shown]
        return patterns, odd

    def count_false(self, null: tuple[str, int]) -> dict[str, float]:
        """Return how many patterns of each type a home without habits has.

        Anomalies are told of the last days alone, and counted as if of all.
        """
        kind, seed = null
        home = _null(kind, seed, self.days, self.noise, rich=self.rich)
        counts: dict[str, float] = {}
        for pattern in self._told(home):
            name = pattern["type"]
            told = f"{name} use" if name == "room_based" and pattern["when"] else name
            if told not in _SURVIVES.get(kind, ()):
                weight = self.days / _JUDGED if name == ANOMALY else 1.0
                counts[name] = counts.get(name, 0.0) + weight
        return counts

    def _told(self, home: Home) -> list[Json]:
        """Return all that is said at the end of a home's days."""
        if not self.quick:
            return list(lived_with(home, (self.days,), self.detectors)[0])
        known, detectors = days_of(home), chosen(self.detectors)
        last = home.first_day + timedelta(days=self.days - 1)
        first = last - timedelta(days=_JUDGED - 1)
        found = detected_as_of(known, last, detectors)
        odd = [{"type": ANOMALY} for _ in judged(known, detectors, first, last)]
        return [*found, *odd]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report that the command line asks for."""
    given = _parser().parse_args(arguments)
    with ProcessPoolExecutor(given.jobs) as pool:
        for noise in given.noise:
            for days in given.days:
                rich = not given.plain
                detectors = tuple(given.detectors)
                task = Task(days, noise, detectors, given.quick, rich)
                print(f"\n{len(given.seeds)} homes, {days} days, {noise} noise")
                _report(task, given.seeds, pool, show=given.show)
                if given.nulls:
                    _report_nulls(task, given.seeds, pool)
    return 0


def _report(
    task: Task, seeds: Sequence[int], pool: ProcessPoolExecutor, *, show: bool
) -> None:
    total = {kind: Tally() for kind in task.detectors if kind != ANOMALY}
    odd = OddScore()
    for tallies, own in pool.map(task.measure, seeds):
        odd.join(own)
        for kind, tally in tallies.items():
            total[kind].join(tally)
    print(*lines_of(total), sep="\n")
    if odd.days:
        print(*odd_lines(odd), sep="\n")
    if show:
        shown = [text for tally in total.values() for text in tally.shown]
        print(*shown, *odd.shown, sep="\n")
    sys.stdout.flush()


def _report_nulls(task: Task, seeds: Sequence[int], pool: ProcessPoolExecutor) -> None:
    nulls = [(kind, seed) for kind in _NULLS for seed in seeds]
    counts: dict[str, list[Mapping[str, float]]] = {kind: [] for kind in _NULLS}
    for (kind, _), count in zip(nulls, pool.map(task.count_false, nulls), strict=True):
        counts[kind].append(count)
    print(*null_lines(task.detectors, counts, task.days), sep="\n")
    sys.stdout.flush()


def _null(kind: str, seed: int, days: int, noise: Noise, *, rich: bool) -> Home:
    """Return a home without habits."""
    match kind:
        case "poisson" | "rhythm":
            return random_home(seed, days, kind=kind, noise=noise, rows_per_day=0)
        case "permuted" | "turned" | "redrawn":
            home = simulate(seed, days, noise=noise, rows_per_day=0, rich=rich)
            return null_of(home, kind, rows_per_day=0)
    raise ValueError(kind)


def _shown(seed: int, kind: str, score: Score) -> list[str]:
    """Return what was false and what was missed in a home, in words."""
    told = [
        f"  home {seed} {kind} false: {text} ({count})"
        for text, count in false_kinds(score).items()
    ]
    for one in score.wanted:
        habit = one.habit
        steps = " -> ".join(f"{s.entity_id}={s.state}" for s in habit.steps)
        if not one.patterns:
            told.append(
                f"  home {seed} {kind} missed: {habit.name}: {steps}, adherence"
                f" {habit.adherence:.2f}, realized {habit.realized or 0:.2f}, sd"
                f" {habit.sd or 0:.0f} min, {len(habit.kept)} times"
            )
    return told


def _parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.accuracy",
        description="How well the detectors do in simulated homes.",
    )
    there = [kind.value for kind in registry()]
    parser.add_argument("--seeds", type=seeds_of, default=seeds_of("100-109"))
    parser.add_argument("--days", type=int, nargs="+", default=[60])
    parser.add_argument(
        "--noise", nargs="+", choices=("normal", "dense"), default=["normal", "dense"]
    )
    parser.add_argument("--detectors", nargs="+", choices=there, default=there)
    parser.add_argument(
        "--nulls", action="store_true", help="also homes without habits"
    )
    parser.add_argument(
        "--quick", action="store_true", help="detect once, without a track record"
    )
    parser.add_argument(
        "--plain", action="store_true", help="smaller homes, for times and links alone"
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
