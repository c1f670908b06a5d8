"""A home measures on its own life how far it may trust what it is told."""

from dataclasses import replace

import pytest

from custom_components.pattern_intelligence.engine.track_record import (
    HOMES_DIFFER,
    WEEKS_SHOWN,
    TrackRecord,
    TypeTally,
)


def test_a_week_is_added_up_by_hand() -> None:
    """Told .8 ten times, seven came true: squared errors of .04 and .64."""
    record = TrackRecord().after({"time_of_day": TypeTally.of(10, 7, 0.8, 0.8)})
    assert record.published() == {
        "time_of_day": {
            "claims": 10,
            "stated": 0.8,
            "happened": 0.7,
            "brier": pytest.approx((7 * 0.04 + 3 * 0.64) / 10, abs=1e-3),
        }
    }


def test_only_eight_weeks_are_published_but_all_are_learned_from() -> None:
    """The first week drops out of sight, not out of mind."""
    record = TrackRecord().after({"a": TypeTally.of(100, 100, 0.5, 0.5)})
    for _ in range(WEEKS_SHOWN):
        record = record.after({"a": TypeTally.of(1, 0, 0.5, 0.5)})
    assert record.published()["a"]["claims"] == WEEKS_SHOWN
    assert record.total["a"].claims == 100 + WEEKS_SHOWN


def test_nothing_is_corrected_before_anything_was_checked() -> None:
    """An empty record leaves the detector's word as it is."""
    assert TrackRecord().recalibrated("a", 0.7) == 0.7
    assert TrackRecord({"a": TypeTally()}).recalibrated("a", 0.7) == 0.7


def half_trusted(*, stated: float = 0.8) -> TypeTally:
    """Return 1 000 claims thought of at .8, half of which came true.

    What happened is as unsure as homes differ.
    """
    tally = TypeTally.of(1000, 500, stated, raw=0.8)
    return replace(tally, apart=(HOMES_DIFFER * 1000) ** 2)


def test_the_correction_is_half_where_weeks_differ_as_much_as_homes() -> None:
    """Said odds of 4, happened with odds of 1: half way is odds of 2."""
    record = TrackRecord({"a": half_trusted()})
    assert record.recalibrated("a", 0.8) == pytest.approx(2 / 3)
    assert record.recalibrated("b", 0.8) == 0.8


def test_a_week_in_which_all_fails_tells_little_of_other_weeks() -> None:
    """As many failed in both homes: in one all in a week, in the other week by week."""
    once = even = TrackRecord()
    for happened in (80, 80, 0, 80, 80):
        once = once.after({"a": TypeTally.of(100, happened, 0.8, 0.8)})
        even = even.after({"a": TypeTally.of(100, 64, 0.8, 0.8)})
    # (0 - 80)^2 of 500^2, and five times (64 - 80)^2 of them.
    assert once.total["a"].doubt == pytest.approx(6400 / 250_000)
    assert even.total["a"].doubt == pytest.approx(1280 / 250_000)
    assert even.recalibrated("a", 0.8) < once.recalibrated("a", 0.8) < 0.8


def test_occasions_alone_leave_doubt() -> None:
    """A week that went just as was said proves no more than its 25 occasions do."""
    record = TrackRecord().after({"a": TypeTally.of(25, 20, 0.8, 0.8)})
    assert record.total["a"].doubt == pytest.approx(0.8 * 0.2 / 25)


def test_what_was_told_and_what_was_not_are_of_one_week() -> None:
    """Two too many of one and two too few of the other are no difference."""
    record = TrackRecord().after(
        {"a": TypeTally.of(10, 8, 0.6, 0.6)}, {"a": TypeTally.of(10, 2, 0.4, 0.4)}
    )
    assert record.total["a"].apart == pytest.approx(0)


def test_a_record_that_holds_corrects_nothing() -> None:
    """What was said at .75 and happened at .75 stays."""
    record = TrackRecord({"a": TypeTally.of(1000, 750, 0.75, 0.75)})
    assert record.recalibrated("a", 0.75) == pytest.approx(0.75)


def test_the_correction_measures_the_detectors_word_not_the_corrected_one() -> None:
    """Otherwise a good correction would undo itself."""
    record = TrackRecord({"a": half_trusted(stated=0.5)})
    assert record.recalibrated("a", 0.8) == pytest.approx(2 / 3)


def test_it_survives_as_json() -> None:
    """Exactly, since it is part of what later runs start from."""
    record = TrackRecord().after({"a": TypeTally.of(3, 2, 1 / 3, 0.1)})
    assert TrackRecord.from_json(record.to_json()) == record
