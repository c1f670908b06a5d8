"""A Sunday: the claims of the week before are checked, and new ones are made."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from custom_components.pattern_intelligence.engine.analysis import advance
from custom_components.pattern_intelligence.engine.claim import Claim
from custom_components.pattern_intelligence.engine.detectors import (
    Check,
    Detector,
    registry,
)
from custom_components.pattern_intelligence.engine.evidence import Tally
from custom_components.pattern_intelligence.engine.home import Home
from custom_components.pattern_intelligence.engine.life import Life, identify, step
from custom_components.pattern_intelligence.engine.pattern import Finding, PatternType
from custom_components.pattern_intelligence.engine.sentence import Sentence
from custom_components.pattern_intelligence.engine.track_record import TypeTally
from custom_components.pattern_intelligence.engine.window import Window

from .builders import BERLIN, raw_days, window_of
from .test_life import finding

SUNDAY = date(2026, 1, 11)
HOME = Home(BERLIN.zone)
WEEK = window_of(raw_days(SUNDAY - timedelta(days=6), SUNDAY, []))


class SevenTimes:
    """A detector whose habits can hold seven times a week, and always do."""

    type = PatternType.TIME_OF_DAY

    def __init__(self) -> None:
        """Begin."""
        self.checkers = 0

    def detect(self, window: Window, home: Home) -> Sequence[Finding]:
        """Return nothing."""
        return ()

    def tally(
        self, claim: Claim | Finding, window: Window, home: Home, since: int
    ) -> Tally:
        """Return seven of seven."""
        return self.checker(window, home)(claim, since)

    def checker(self, window: Window, home: Home) -> Check:
        """Return what always says seven of seven."""
        self.checkers += 1
        return lambda claim, since: Tally(7, 7)

    def waits_for(self, window: Window, home: Home) -> Sentence:
        """Return something."""
        return Sentence.of("waits.explained")


def life_of(stated: float, *entities: str) -> Life:
    """Return a life with a habit of each entity, found at .6 and told otherwise."""
    found = [finding(420, entity, confidence=0.6) for entity in entities]
    identified = identify(Life(), found)
    return step(Life(), [(one, Claim.of(one.finding, stated)) for one in identified])


def told(life: Life, detector: Detector) -> Life:
    """Return the life a week later, on which nothing is found."""
    return advance(WEEK, HOME, {detector.type: detector}, life, (), SUNDAY)


def test_what_was_told_is_checked() -> None:
    """Told at .7, found at .6, seven of seven: squared errors of .3 each.

    The week is 7 less 4.2 off.
    """
    record = told(life_of(0.7, "light.a"), SevenTimes()).record
    week = TypeTally.of(7, 7, 0.7, 0.6)
    assert record.total["time_of_day"] == replace(week, apart=week.apart + 2.8**2)
    assert record.published()["time_of_day"]["brier"] == pytest.approx(0.09)


def test_what_was_found_and_not_told_counts_for_trust_alone() -> None:
    """Recalibrated to .4 it is no claim, but it is how the type gets better again."""
    record = told(life_of(0.4, "light.a"), SevenTimes()).record
    assert record.total["time_of_day"].claims == 7
    assert record.total["time_of_day"].happened == 7
    assert record.published() == {}
    before = replace(record, total={"time_of_day": TypeTally.of(300, 60, 0.6, 0.6)})
    after = told(replace(life_of(0.4, "light.a"), record=before), SevenTimes()).record
    assert after.recalibrated("time_of_day", 0.6) > before.recalibrated(
        "time_of_day", 0.6
    )


def test_what_claims_have_in_common_is_worked_out_once() -> None:
    """Three claims, one look at the window."""
    detector = SevenTimes()
    told(life_of(0.7, "light.a", "light.b", "light.c"), detector)
    assert detector.checkers == 1


@pytest.mark.parametrize("kind", list(registry()))
def test_detectors_hold_no_window(kind: PatternType) -> None:
    """Between nights a home's memory is free of the days that were looked at."""
    detector = registry()[kind]
    detector.detect(WEEK, HOME)
    detector.waits_for(WEEK, HOME)
    assert not vars(detector)
