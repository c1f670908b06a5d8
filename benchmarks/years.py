"""Prints how well trends and yearly swings are told, and how seldom there are none.

    python -m benchmarks.years [--seeds 100-109] [--days 180 730] [--nulls] [--show]

Homes are simulated for years as sums of weeks and months (`simulator/years.py`), a
month more than is learned: what was stated is checked against it.
"""

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
import sys

from custom_components.pattern_intelligence.engine.detectors.seasonal import Seasonal
from custom_components.pattern_intelligence.engine.pattern import Finding

from .accuracy import seeds_of
from .scoring_years import YearScore, score_years
from .simulator.year_homes import NULLS, SUNNY, null_years, years
from .simulator.year_tables import context_of, history_of, last_window
from .simulator.years import Years

#: Days simulated after those learned: the longest month, begun the day before.
AFTER = 62


def found_in(home: Years, learned: int) -> Sequence[Finding]:
    """Return what is found after so many days."""
    return Seasonal().detect_long(
        last_window(home, learned), history_of(home, learned), context_of(home)
    )


def measure(learned: int, seed: int) -> YearScore:
    """Return how trends and swings are told in the home of a seed."""
    home = years(seed, learned, AFTER)
    return score_years(found_in(home, learned), home, learned)


def count_false(learned: int, null: tuple[str, int]) -> list[str]:
    """Return what is found in a home in which nothing moves by itself or swings."""
    kind, seed = null
    home = null_years(seed, kind, learned)
    things = {thing.entity_id: thing.kind for thing in home.things}
    return [
        f"home {seed}, {kind}: {found.entities[0].entity_id}: {dict(found.context)}"
        for found in found_in(home, learned)
        if found.context
        # What follows the sun does swing with it.
        and not (
            things[found.entities[0].entity_id] in SUNNY
            and found.context["kind"] == "season"
        )
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report that the command line asks for."""
    given = _parser().parse_args(arguments)
    with ProcessPoolExecutor(given.jobs) as pool:
        for learned in given.days:
            print(f"\n{len(given.seeds)} homes, {learned} days")
            total = YearScore()
            for score in pool.map(partial(measure, learned), given.seeds):
                total.join(score)
            _print(total, show=given.show)
            if not given.nulls:
                continue
            for kind in NULLS:
                nulls = [(kind, seed) for seed in given.seeds]
                told = list(pool.map(partial(count_false, learned), nulls))
                count = sum(map(len, told))
                print(f"  none in homes of {kind}: {count} in {len(told)}", flush=True)
                if given.show:
                    print(*(f"    {text}" for own in told for text in own), sep="\n")
    return 0


def _print(score: YearScore, *, show: bool) -> None:
    right = score.reported - len(score.false)
    precision = right / score.reported if score.reported else 1.0
    print(f"  precision {precision:.3f} ({right} of {score.reported})")
    for kind in sorted(score.wanted):
        found, wanted = score.found.get(kind, 0), score.wanted[kind]
        print(
            f"  {kind[0]} of {kind[1]}: recall {found / wanted:.3f} ({found} of {wanted})"
        )
    for moves in ("trend", "season"):
        wanted = sum(n for kind, n in score.wanted.items() if kind[0] == moves)
        found = sum(n for kind, n in score.found.items() if kind[0] == moves)
        if wanted:
            print(f"  {moves}: recall {found / wanted:.3f} ({found} of {wanted})")
    if score.apart:
        found, wanted = sum(score.apart), len(score.apart)
        print(
            f"  that can be told from the sun: {found / wanted:.3f} ({found} of {wanted})"
        )
    print(f"  {score.occasions}", flush=True)
    if show:
        print(*(f"    false: {text}" for text in score.false), sep="\n")
        print(*(f"    missed: {text}" for text in score.missed), sep="\n", flush=True)


def _parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.years",
        description="How well trends and yearly swings are told.",
    )
    parser.add_argument("--seeds", type=seeds_of, default=seeds_of("100-109"))
    parser.add_argument("--days", type=int, nargs="+", default=[180, 365, 730])
    parser.add_argument("--nulls", action="store_true", help="also homes of none")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="what was false or missed")
    return parser


if __name__ == "__main__":
    sys.exit(main())
