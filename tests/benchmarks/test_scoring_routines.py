"""Sequences, durations and rooms are scored as a person would count."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.claims import Json
from benchmarks.fresh import FreshDays
from benchmarks.scoring import Score, score_pairs
from benchmarks.scoring_routines import score_durations, score_rooms, score_sequences
from benchmarks.simulator import Home, PlantedHabit, Step, simulate
from custom_components.pattern_intelligence.engine.claim import Claim
from custom_components.pattern_intelligence.engine.window import Window

LEARNED = 66


class Believing(FreshDays):
    """Takes every claim for true, so that only what is planted is scored."""

    often = 0.7
    """On so many of its occasions a claim holds."""

    def true(self, claim: Claim) -> bool:
        """Say so."""
        return True

    def share(self, claim: Claim, windows: Sequence[Window]) -> tuple[int, float]:
        """Return the same for every claim."""
        return 100, self.often


class Unsure(Believing):
    """Takes every claim for true, but for so rare that it is not listed."""

    often = 0.45


class Doubting(FreshDays):
    """Takes no claim for true but for what was planted."""

    def true(self, claim: Claim) -> bool:
        """Say so."""
        return False


@pytest.fixture(scope="module")
def home() -> Home:
    """Return a rich home."""
    return simulate(7, LEARNED, rows_per_day=0, rich=True)


def _pattern(kind: str, steps: tuple[Step, ...], **more: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "entities": [{"entity_id": s.entity_id, "state": s.state} for s in steps],
        "area_ids": [],
        "when": None,
        "lag_s": {"median": 100.0, "p10": 50.0, "p90": 200.0},
        "duration_s": None,
        "context": None,
        "confidence": 0.8,
        "provenance": {"user": 0.0, "physical": 1.0, "automation": 0.0},
        "automated_by": [],
    } | more


def _named(home: Home, name: str) -> PlantedHabit:
    return next(habit for habit in home.truth.habits if habit.name == name)


def _found(score: Score) -> set[str]:
    return {one.habit.name for one in score.wanted if one.patterns}


def _sequences(home: Home, *patterns: Json) -> Score:
    return score_sequences(patterns, home, LEARNED, Doubting(home, {}))


def test_a_sequence_is_found(home: Home) -> None:
    """As a whole, or but for one of four steps; its lag may be off."""
    habit = _named(home, "across midnight")
    assert habit.lag is not None
    lag = {"median": habit.lag + 7, "p10": 1.0, "p90": 9.0}
    whole = _sequences(home, _pattern("sequence", habit.steps, lag_s=lag))
    assert _found(whole) == {habit.name}
    assert whole.false == []
    assert [one.error for one in whole.wanted if one.patterns] == [pytest.approx(7.0)]
    most = _sequences(home, _pattern("sequence", habit.steps[:3]))
    assert _found(most) == {habit.name}
    two = _sequences(home, _pattern("sequence", habit.steps[:2]))
    assert _found(two) == set()


def test_what_goes_along_is_found(home: Home) -> None:
    """A step that is named beside the others is told, too."""
    habit = _named(home, "across midnight")
    along = {"entity_id": habit.steps[3].entity_id, "state": habit.steps[3].state}
    told = _pattern("sequence", habit.steps[:2], companions=[along])
    assert _found(_sequences(home, told)) == {habit.name}


@pytest.mark.parametrize(("kept", "wanted"), [(20, True), (19, False)])
def test_what_followed_on_half_of_the_days_learned_is_wanted(
    home: Home, kept: int, *, wanted: bool
) -> None:
    """Begun once a day for 66 days, of which 40 are learned; later always completed."""
    days = (*range(kept), *range(40, 66))
    habit = replace(
        _named(home, "across midnight"),
        eligible=tuple(range(66)),
        kept=days,
        realized=len(days) / 66,
    )
    lone = replace(home, truth=replace(home.truth, habits=(habit,)))
    score = score_sequences((), lone, 40, Doubting(home, {}))
    assert (len(score.wanted), score.few) == (int(wanted), int(not wanted))


def test_another_order_is_another_sequence(home: Home) -> None:
    """It is false unless fresh days prove it."""
    habit = _named(home, "across midnight")
    turned = _pattern("sequence", habit.steps[::-1])
    score = _sequences(home, turned)
    assert (score.false, _found(score)) == ([turned], set())
    proven = score_sequences([turned], home, LEARNED, Believing(home, {}))
    assert proven.false == []


def test_what_was_given_up_is_false_after_two_months(home: Home) -> None:
    """Until then a window may still be full of it."""
    habit = _named(home, "given up")
    told = _pattern("sequence", habit.steps)
    assert _sequences(home, told).false == []
    ended = replace(habit, last_day=habit.first_day)
    truth = replace(home.truth, habits=(ended,))
    assert _sequences(replace(home, truth=truth), told).false == [told]


def test_automations_must_be_named(home: Home) -> None:
    """A routine that an automation does is false, unless the pattern says so."""
    habit = _named(home, "automated good night")
    automation = {"user": 0.0, "physical": 0.0, "automation": 1.0}
    silent = _pattern("sequence", habit.steps, provenance=automation)
    honest = silent | {"automated_by": ["automation.good_night"]}
    assert _sequences(home, silent).false == [silent]
    assert _sequences(home, honest).false == []
    assert habit.name not in {one.habit.name for one in _sequences(home).wanted}


def test_a_sequence_says_its_pairs(home: Home) -> None:
    """What is tied into it need not be listed beside it."""
    habit = _named(home, "across midnight")
    told = _pattern("sequence", habit.steps)
    fresh = Doubting(home, {})
    silence = score_pairs([], home, LEARNED, fresh)
    pairs = [one for one in silence.wanted if one.habit.name.startswith(habit.name)]
    score = score_pairs([told], home, LEARNED, fresh)
    found = [one for one in score.wanted if one.patterns]
    assert len(pairs) == 3
    assert [one.habit for one in found] == [one.habit for one in pairs]


@pytest.mark.parametrize(
    ("minutes", "error"), [(48.0, 0.0), (50.4, 5.0), (60.0, None), (112.0, None)]
)
def test_durations_are_found(home: Home, minutes: float, error: float | None) -> None:
    """By their median, up to 15 percent off; each mode for itself."""
    habit = _named(home, "switch.washing_machine for 48 min")
    lasts = {"median": 60 * minutes, "p10": 60.0, "p90": 9000.0}
    told = _pattern("duration", habit.steps, duration_s=lasts)
    score = score_durations([told], home, LEARNED, Believing(home, {}))
    (own,) = (one for one in score.wanted if one.habit == habit)
    assert bool(own.patterns) is (error is not None)
    assert own.error == (None if error is None else pytest.approx(error))


def test_what_a_sensor_holds_is_no_habit(home: Home) -> None:
    """Whatever fresh days say."""
    lasts = {"median": 90.0, "p10": 89.0, "p90": 91.0}
    held = (Step("binary_sensor.dining_room_motion", "on"),)
    told = _pattern("duration", held, duration_s=lasts)
    score = score_durations([told], home, LEARNED, Believing(home, {}))
    assert score.false == [told]


def _clock(minute: float) -> str:
    return f"{int(minute) // 60 % 24:02d}:{int(minute) % 60:02d}"


@pytest.mark.parametrize(("late", "found"), [(0, True), (20, True), (240, False)])
def test_rooms_are_found(home: Home, late: float, found: bool) -> None:
    """At their hours: half of the shorter of both spans is common."""
    habit = _named(home, "studio in the evening")
    assert habit.minute is not None
    assert habit.until is not None
    when = {
        "time": _clock(habit.minute + late),
        "earliest": _clock(habit.minute + late),
        "latest": _clock(habit.until + late),
        "anchor": "each",
        "weekdays": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        "day_kind": "any",
    }
    told = _pattern("room_based", (), area_ids=["studio"], when=when)
    score = score_rooms([told], home, LEARNED, Doubting(home, {}))
    assert (habit.name in _found(score)) is found
    assert score.false == [told]


def test_moves_are_found_one_way(home: Home) -> None:
    """The rooms in their order; what fresh days do not show is not expected."""
    habit = _named(home, "to the shower")
    there = _pattern("room_based", (), area_ids=list(habit.area_ids))
    back = there | {"area_ids": list(habit.area_ids[::-1])}
    score = score_rooms([there], home, LEARNED, Believing(home, {}))
    assert _found(score) == {habit.name}
    assert _found(score_rooms([back], home, LEARNED, Believing(home, {}))) == set()
    doubted = score_rooms([there], home, LEARNED, Doubting(home, {}))
    assert habit.name not in {one.habit.name for one in doubted.wanted}
    unlisted = score_rooms([], home, LEARNED, Unsure(home, {}))
    assert habit.name not in {one.habit.name for one in unlisted.wanted}
