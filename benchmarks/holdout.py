"""What a home was told, and what then happened: the report for real homes.

No truth is known of a real home, but its own future is a judge: patterns are learned
on the first 70 % of the days and checked on the rest, day by day and occasion by
occasion; and homes made of this very home by taking its order away tell how many
patterns are found where there are none.

    python -m benchmarks.holdout CONFIG_DIR_OR_DB [...] [--time-zone ZONE]
"""

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
import sys

import numpy as np

from benchmarks.guessing import Guesses, guess_rates
from benchmarks.home_days import HomeDays, read_home
from benchmarks.occasions import Occasions
from benchmarks.odd_days import judged
from benchmarks.window_nulls import NULLS, null_window
from custom_components.pattern_intelligence.engine.analysis import (
    Detectors,
    analyze,
    detect,
)
from custom_components.pattern_intelligence.engine.civil import day_number
from custom_components.pattern_intelligence.engine.detectors import registry
from custom_components.pattern_intelligence.engine.evidence import LISTED_FROM
from custom_components.pattern_intelligence.engine.life import Life
from custom_components.pattern_intelligence.engine.pattern import Finding, PatternType
from custom_components.pattern_intelligence.engine.window import WINDOW_DAYS
from custom_components.pattern_intelligence.sources.base import SourceError

LEARNED_SHARE = 0.7
DAYS_A_MONTH = 30.44
CHECKED_AT_ONCE = 21
"""Held-out days in one window, which also needs days before them for context."""

BEFORE = 14


@dataclass(frozen=True)
class HoldOut:
    """The report of one home.

    Attributes:
        name: of the home.
        days: how many were learned and how many held out.
        patterns: listed at the end of the learned days, by type.
        occasions: what was stated and what happened, by type.
        guesses: how often the next happening was guessed.
        anomalies: told a month of the days held out, true or not.
        false_patterns: per home and month, by null and type.
    """

    name: str
    days: tuple[int, int]
    patterns: dict[PatternType, int]
    occasions: dict[PatternType, Occasions]
    guesses: Guesses
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
    window = home.window(cut - timedelta(days=WINDOW_DAYS - 1), cut)
    found = detect(window, home.home, detectors)
    findings = [finding for finding in found if finding.confidence >= LISTED_FROM]
    known = analyze(window, home.home, detectors, Life(), found)
    published = [pattern.as_json() for pattern in known.patterns]
    held_out = [day for day in days if day > cut]
    odd = judged(home, detectors, held_out[0], held_out[-1])
    return HoldOut(
        home.name,
        (len(days) - len(held_out), len(held_out)),
        _by_type(findings),
        _checked(home, findings, detectors, held_out),
        guess_rates(window, home.window(held_out[0], held_out[-1]), published),
        len(odd) / len(held_out) * DAYS_A_MONTH,
        {kind: _false_patterns(home, detectors, kind, seeds) for kind in NULLS},
    )


def _by_type(findings: Iterable[Finding]) -> dict[PatternType, int]:
    counts: dict[PatternType, int] = {}
    for finding in findings:
        counts[finding.type] = counts.get(finding.type, 0) + 1
    return counts


def _checked(
    home: HomeDays,
    findings: Sequence[Finding],
    detectors: Detectors,
    held_out: Sequence[date],
) -> dict[PatternType, Occasions]:
    """Return what happened of what was stated, on the days held out."""
    checked: dict[PatternType, Occasions] = {}
    for at in range(0, len(held_out), CHECKED_AT_ONCE):
        part = held_out[at : at + CHECKED_AT_ONCE]
        window = home.window(part[0] - timedelta(days=BEFORE), part[-1])
        for finding in findings:
            tally = detectors[finding.type].tally(
                finding, window, home.home, day_number(part[0])
            )
            own = checked.setdefault(finding.type, Occasions())
            own.add(finding.confidence, tally.occasions, tally.happened)
    return checked


def _false_patterns(
    home: HomeDays, detectors: Detectors, kind: str, seeds: int
) -> dict[PatternType, float]:
    """Return how many patterns a month are found where there are none."""
    last = home.days[-1][0]
    window = home.window(last - timedelta(days=WINDOW_DAYS - 1), last)
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
    totals: dict[PatternType, Occasions] = {}
    for report in reports:
        learned, held_out = report.days
        print(f"\n{report.name}: {learned} days learned, {held_out} held out")
        for kind, occasions in report.occasions.items():
            print(f"  {kind:<14} {report.patterns[kind]:3d} patterns  {occasions}")
            totals.setdefault(kind, Occasions()).join(occasions)
        print(f"  next happening  {report.guesses}")
        if report.anomalies:
            print(f"  anomalies told a month  {report.anomalies:.2f}")
        for null, counts in report.false_patterns.items():
            figures = ", ".join(
                f"{kind} {rate:.2f}" for kind, rate in counts.items() if rate
            )
            print(f"  false a month, {null:<9} {sum(counts.values()):.2f}  {figures}")
    if len(reports) > 1:
        print("\nall homes together")
        for kind, occasions in totals.items():
            print(f"  {kind:<14} {occasions}")
        print(f"  next happening  {Guesses.mean([r.guesses for r in reports])}")


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
