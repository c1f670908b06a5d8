"""What a home was told, and what then happened: the report for real homes.

No truth is known of a real home, but its own future is a judge. Twice: patterns told
after the first 70 % of the days are checked on all the rest, day by day and occasion by
occasion; and what was told on any Sunday is checked on the next five days, which is
what confidence is about, and many more claims. And homes made of this very home by
taking its order away tell how many patterns are found where there are none. Beside the
skill stands what no statement of one number per pattern could exceed.

    python -m benchmarks.holdout CONFIG_DIR_OR_DB [...] [--time-zone ZONE]
"""

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
import sys

import numpy as np

from benchmarks.chains import Untold
from benchmarks.claims import Json, claim_of
from benchmarks.guessing import Guesses, guess_rates, missed
from benchmarks.hindsight import DailyOccasions, by_day
from benchmarks.home_days import HomeDays, read_home
from benchmarks.lives import before, told_on
from benchmarks.odd_days import judged
from benchmarks.window_nulls import NULLS, null_window
from custom_components.pattern_intelligence.engine.analysis import Detectors, detect
from custom_components.pattern_intelligence.engine.civil import day_number
from custom_components.pattern_intelligence.engine.detectors import registry
from custom_components.pattern_intelligence.engine.evidence import LISTED_FROM
from custom_components.pattern_intelligence.engine.pattern import Finding, PatternType
from custom_components.pattern_intelligence.sources.base import SourceError

LEARNED_SHARE = 0.7
DAYS_A_MONTH = 30.44
SUNDAY = 6
CHECKED_AT_ONCE = 21
"""Held-out days in one window, which also needs days before them for context."""

BEFORE = 14
SOON = 5
"""Days on which what was told on a Sunday is checked."""

YOUNG = 10
"""Days below which a home is told hardly anything."""

type Checked = dict[PatternType, DailyOccasions]


@dataclass(frozen=True)
class HoldOut:
    """The report of one home.

    Attributes:
        name: of the home.
        days: how many were learned and how many held out.
        patterns: told at the end of the learned days, by type.
        occasions: what was stated then and what happened later, by type.
        soon: what was stated on any Sunday and what happened on the next days.
        guesses: how often the next happening was guessed.
        elsewhere: how often the next one of another thing was.
        missed: how often a chain guessed it and patterns did not, by why.
        anomalies: told a month of the days held out, true or not.
        false_patterns: per home and month, by null and type.
    """

    name: str
    days: tuple[int, int]
    patterns: dict[PatternType, int]
    occasions: Checked
    soon: Checked
    guesses: Guesses
    elsewhere: Guesses
    missed: Mapping[str, float]
    anomalies: float
    false_patterns: dict[str, dict[PatternType, float]]


def hold_out(home: HomeDays, detectors: Detectors, seeds: int) -> HoldOut:
    """Return the report of a home.

    Args:
        home: its days.
        detectors: those that are asked.
        seeds: how many homes of each null kind are made.
    """
    days = [day for day, _ in home.days]
    cut = days[max(int(len(days) * LEARNED_SHARE), 1) - 1]
    sundays = [day for day in days[YOUNG:-1] if day.weekday() == SUNDAY]
    told = told_on(home, detectors, {*sundays, cut})
    held_out = [day for day in days if day > cut]
    soon: Checked = {}
    for day in sundays:
        following = [one for one in days if day < one <= day + timedelta(days=SOON)]
        _check(soon, home, told[day], detectors, following)
    occasions: Checked = {}
    _check(occasions, home, told[cut], detectors, held_out)
    learned, ahead = before(home, cut), home.window(held_out[0], held_out[-1])
    odd = judged(home, detectors, held_out[0], held_out[-1])
    return HoldOut(
        home.name,
        (len(days) - len(held_out), len(held_out)),
        dict(Counter(PatternType(one["type"]) for one in told[cut])),
        occasions,
        soon,
        guess_rates(learned, ahead, told[cut]),
        guess_rates(learned, ahead, told[cut], elsewhere=True),
        missed(learned, ahead, told[cut]),
        len(odd) / len(held_out) * DAYS_A_MONTH,
        {kind: _false_patterns(home, detectors, kind, seeds) for kind in NULLS},
    )


def _check(
    checked: Checked,
    home: HomeDays,
    patterns: Sequence[Json],
    detectors: Detectors,
    days: Sequence[date],
) -> None:
    """Add what happened on some days of what was told before them."""
    claims = [claim_of(pattern) for pattern in patterns]
    happened: list[list[tuple[int, int]]] = [[] for _ in claims]
    for at in range(0, len(days), CHECKED_AT_ONCE):
        part = days[at : at + CHECKED_AT_ONCE]
        since = day_number(part[0])
        before_part = part[0] - timedelta(days=BEFORE)
        windows = [home.window(before_part, day) for day in part]
        for claim, own in zip(claims, happened, strict=True):
            tally = detectors[claim.type].tally
            own += by_day([tally(claim, one, home.home, since) for one in windows])
    for claim, own in zip(claims, happened, strict=True):
        checked.setdefault(claim.type, DailyOccasions()).add_days(claim.stated, own)


def _false_patterns(
    home: HomeDays, detectors: Detectors, kind: str, seeds: int
) -> dict[PatternType, float]:
    """Return how many patterns a month are found where there are none."""
    window = before(home, home.days[-1][0])
    months = window.days.size / DAYS_A_MONTH
    counts = dict.fromkeys(detectors, 0)
    for seed in range(seeds):
        null = null_window(window, kind, np.random.default_rng(seed))
        for finding in detect(null, home.home, detectors):
            if finding.confidence >= LISTED_FROM and not _survives(finding, kind):
                counts[finding.type] += 1
    return {kind: count / seeds / months for kind, count in counts.items()}


def _survives(finding: Finding, kind: str) -> bool:
    """Tell whether a pattern is still true in a null home.

    Days in another order keep their times: only what ties entities together is
    false. How long things last is not touched at all.
    """
    if finding.type is PatternType.DURATION:
        return True
    use = finding.type is PatternType.ROOM_BASED and len(finding.area_ids) == 1
    return kind == "permuted" and (use or finding.type is PatternType.TIME_OF_DAY)


def print_report(reports: Sequence[HoldOut]) -> None:
    """Print a block for each home, and one for all of them together."""
    later: Checked = {}
    soon: Checked = {}
    for report in reports:
        learned, held_out = report.days
        print(f"\n{report.name}: {learned} days learned, {held_out} held out")
        _print_checked(report.occasions, report.soon, report.patterns)
        print(f"  next happening  {report.guesses}")
        print(f"  next elsewhere  {report.elsewhere}")
        _print_missed([report.missed])
        if report.anomalies:
            print(f"  anomalies told a month  {report.anomalies:.2f}")
        for null, counts in report.false_patterns.items():
            figures = ", ".join(
                f"{kind} {rate:.2f}" for kind, rate in counts.items() if rate
            )
            print(f"  false a month, {null:<9} {sum(counts.values()):.2f}  {figures}")
        _join(later, report.occasions)
        _join(soon, report.soon)
    if len(reports) > 1:
        print("\nall homes together")
        patterns = sum((Counter(report.patterns) for report in reports), Counter())
        _print_checked(later, soon, patterns)
        print(f"  next happening  {Guesses.mean([r.guesses for r in reports])}")
        print(f"  next elsewhere  {Guesses.mean([r.elsewhere for r in reports])}")
        _print_missed([r.missed for r in reports])


def _print_checked(
    later: Checked, soon: Checked, patterns: Mapping[PatternType, int]
) -> None:
    """Print by type what happened on all days held out, and on the next days."""
    for kind in sorted({*later, *soon}):
        count = patterns.get(kind, 0)
        print(f"  {kind:<14} {count:3d} patterns  {later.get(kind, DailyOccasions())}")
        print(f"  {f'next {SOON} days':>27}  {soon.get(kind, DailyOccasions())}")


def _print_missed(homes: Sequence[Mapping[str, float]]) -> None:
    """Print why patterns did not tell what a chain knew, in the mean over homes."""
    figures = ", ".join(
        f"{reason} {100 * sum(home.get(reason, 0.0) for home in homes) / len(homes):.1f}"
        for reason in (*Untold, "else")
    )
    print(f"  a chain knew, patterns alone did not  {figures}")


def _join(total: Checked, own: Checked) -> None:
    for kind, occasions in own.items():
        total.setdefault(kind, DailyOccasions()).join_days(occasions)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the hold-out report of recorded homes."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("homes", nargs="+", type=Path, metavar="CONFIG_DIR_OR_DB")
    parser.add_argument("--time-zone", help="of a database without a configuration")
    parser.add_argument(
        "--null-seeds", type=int, default=5, help="null homes made of each kind"
    )
    options = parser.parse_args(arguments)
    detectors = registry()
    reports = []
    for path in options.homes:
        try:
            home = read_home(path, options.time_zone, datetime.now(UTC))
        except SourceError as err:
            print(err, file=sys.stderr)
            return 2
        if len(home.days) < 2:
            print(f"{path}: fewer than two days are recorded", file=sys.stderr)
            continue
        reports.append(hold_out(home, detectors, options.null_seeds))
    print_report(reports)
    return 0


if __name__ == "__main__":
    sys.exit(main())
