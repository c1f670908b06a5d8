"""Homes over years: what is planted is there, and what is said is held against it."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.scoring_years import month_moved, score_years
from benchmarks.simulator.year_homes import NULLS, null_years, years
from benchmarks.simulator.year_tables import history_of
from benchmarks.simulator.years import Thing, Years
from custom_components.pattern_intelligence.engine.keys import Key
from custom_components.pattern_intelligence.engine.pattern import Finding, When
from tests.engine.test_life import finding

LEARNED = 180


@pytest.fixture(scope="module")
def home() -> Years:
    """Return a home of half a year and a month."""
    return years(7, LEARNED)


def _moving(home: Years) -> Thing:
    return next(thing for thing in home.things if thing.kind == "moving")


def _said(home: Years, thing: Thing, per_week: float) -> Finding:
    """Return a trend of a time that was found at the end of what was learned."""
    last = home.first_day.toordinal() - 719_163 + LEARNED
    return replace(
        finding(0),
        entities=(Key(thing.entity_id, "on"),),
        when=When(600, 500, 700),
        context={"kind": "trend", "of": "time", "minutes_per_week": per_week},
        eligible=np.array([last - 14, last - 7]),
    )


def test_the_same_seed_is_the_same_home(home: Years) -> None:
    """To the last minute."""
    again = years(7, LEARNED)
    for one, other in zip(home.things, again.things, strict=True):
        assert one.entity_id == other.entity_id
        np.testing.assert_array_equal(one.minute, other.minute)


def test_a_moving_thing_moves_by_its_size(home: Years) -> None:
    """From the first four weeks to the last four: seven eighths of it, or nearly."""
    thing = _moving(home)
    early = np.median(thing.minute[thing.day < 28])
    late = np.median(thing.minute[(thing.day >= LEARNED - 28) & (thing.day < LEARNED)])
    assert late - early == pytest.approx(thing.size * 152 / 180, abs=12)


def test_sums_hold_what_happened(home: Years) -> None:
    """Of each month that is over, as many as there were."""
    months = history_of(home, LEARNED).months["happenings_sum"]
    thing = _moving(home)
    at = [
        row
        for row, entity_id in enumerate(months.table.texts("entity_id"))
        if entity_id == thing.entity_id
    ]
    first = home.first_day.toordinal() - 719_163
    ends = [*months.day[at[1:]].tolist(), None]
    for row, end in zip(at[1:-1], ends[1:], strict=False):
        low = int(months.day[row]) - first
        own = (thing.day >= low) & (thing.day < (end or 0) - first)
        assert months.table.numbers("count")[row] == own.sum()


def test_what_is_said_is_held_against_what_is_true(home: Years) -> None:
    """A trend of what moves is right, of what is plain it is false."""
    thing = _moving(home)
    plain = next(each for each in home.things if each.kind == "plain")
    right = _said(home, thing, np.sign(thing.size))
    wrong = _said(home, plain, 1.0)
    score = score_years([right, wrong], home, LEARNED)
    assert score.reported == 2
    (text,) = score.false
    assert plain.entity_id in text
    assert not any(thing.entity_id in text for text in score.missed)


def test_the_month_after_tells_if_it_moved_as_stated(home: Years) -> None:
    """A big trend goes on, so what is stated the other way round fails."""
    thing = max(
        (each for each in home.things if each.kind == "moving"),
        key=lambda each: each.plain,
    )
    way = float(np.sign(thing.size))
    assert month_moved(_said(home, thing, way), home, thing, LEARNED)
    assert not month_moved(_said(home, thing, -way), home, thing, LEARNED)


@pytest.mark.parametrize("kind", NULLS)
def test_homes_of_nothing_have_nothing_planted(kind: str) -> None:
    """Things there are, but none that moves or swings."""
    things = null_years(7, kind, 120, things=8).things
    assert things
    assert {thing.moves for thing in things} == {"none"}
