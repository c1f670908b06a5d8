"""From a window and the life so far to patterns: what detection says as of a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from .absorption import absorb
from .civil import date_of, day_number
from .claim import Claim
from .contextual.sun_claims import as_of
from .detectors import Detector, Patient, tallies_of
from .evidence import LISTED_FROM
from .home import Home
from .life import Identified, Life, identify, step
from .pattern import MONTHLY, WEEKLY, Finding, Json, Pattern, PatternType
from .sentence import Sentence
from .status import status_of
from .track_record import TypeTally
from .tying import tie
from .window import Window
from .wording import Wording

type Detectors = Mapping[PatternType, Detector]

EXPLAINED: Final = Sentence.of("waits.explained")
"""What a type waits for of which all that was found stands in larger patterns."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is known at the end of a day.

    Attributes:
        last_day: that day.
        patterns: strongest first.
        track_record: the contract's object.
        not_yet: for each detector that reports nothing, why.
    """

    last_day: date
    patterns: tuple[Pattern, ...]
    track_record: Json
    not_yet: Mapping[str, str]


def detect(
    window: Window,
    home: Home,
    detectors: Detectors,
    standing: Sequence[Finding] = (),
) -> list[Finding]:
    """Return what is found as of the window's last day, each habit once.

    Args:
        window: the days looked at.
        home: the context.
        detectors: those that are switched on, by type.
        standing: what the weekly and monthly ones found when they last looked.
    """
    daily = [
        finding
        for kind, detector in detectors.items()
        if kind not in WEEKLY | MONTHLY
        for finding in detector.detect(window, home)
    ]
    tomorrow = day_number(window.last_day) + 1
    expected = [as_of(found, home, tomorrow) for found in standing]
    return absorb([*tie(daily, window, home), *expected], home)


def advance(
    window: Window,
    home: Home,
    detectors: Detectors,
    life: Life,
    findings: Sequence[Finding],
    sunday: date,
) -> Life:
    """Return the life as of a Sunday, from that of the Sunday before.

    Args:
        window: the days up to the Sunday, which need not have been learned itself.
        home: the context.
        detectors: those that are switched on, by type.
        life: as of the Sunday before.
        findings: what is detected in the window.
        sunday: the Sunday.
    """
    since = day_number(sunday) - 6
    told: dict[str, TypeTally] = {}
    untold: dict[str, TypeTally] = {}
    for kind, detector in detectors.items():
        claims = [claim for claim in life.claims if claim.type is kind]
        tallies = tallies_of(detector, claims, window, home, since)
        for claim, tally in zip(claims, tallies, strict=True):
            week = told if claim.stated >= LISTED_FROM else untold
            week[kind.value] = week.get(kind.value, TypeTally()) + TypeTally.of(
                tally.occasions, tally.happened, claim.stated, claim.raw
            )
    checked = replace(life, record=life.record.after(told, untold))
    stated = [
        (found, Claim.of(found.finding, _told(checked, found)))
        for found in identify(checked, findings)
    ]
    return step(checked, stated)


def _told(life: Life, found: Identified) -> float:
    return life.record.recalibrated(found.finding.type.value, found.finding.confidence)


def analyze(
    window: Window,
    home: Home,
    detectors: Detectors,
    life: Life,
    findings: Sequence[Finding],
    days: int = 0,
) -> Analysis:
    """Return the patterns as of the window's last day.

    Args:
        window: the days looked at.
        home: the context.
        detectors: those that are switched on, by type.
        life: as of the last Sunday before or on that day.
        findings: what is detected in the window.
        days: how many were ever learned; those of the window if not given.
    """
    wording = Wording(home)
    last_day = day_number(window.last_day)
    patterns = [
        Pattern(
            id=found.id,
            finding=found.finding,
            status=status_of(found.finding, found.first_seen, last_day),
            confidence=told,
            first_seen=date_of(found.first_seen),
            title=wording.title(found.finding),
            description=wording.description(found.finding),
        )
        for found in identify(life, findings)
        if (told := _told(life, found)) >= LISTED_FROM
    ]
    found_types = {pattern.finding.type for pattern in patterns}
    explained = {
        part["type"]
        for pattern in patterns
        for part in pattern.finding.details.get("stands_for", ())
    }
    return Analysis(
        window.last_day,
        tuple(ranked(patterns)),
        life.record.published(),
        {
            kind.value: wording.told(
                EXPLAINED
                if kind.value in explained
                else _waits(detector, window, home, days or window.days.size)
            )
            for kind, detector in detectors.items()
            if kind not in found_types
        },
    )


def _waits(detector: Detector, window: Window, home: Home, days: int) -> Sentence:
    """Return why a detector finds nothing."""
    if isinstance(detector, Patient):
        return detector.waits_since(days, home)
    return detector.waits_for(window, home)


def ranked(patterns: Sequence[Pattern]) -> list[Pattern]:
    """Return patterns with the surest first; equals by evidence, then by id."""
    return sorted(
        patterns,
        key=lambda pattern: (
            -round(pattern.confidence, 3),
            -pattern.finding.evidence.days_matched,
            pattern.id,
        ),
    )
