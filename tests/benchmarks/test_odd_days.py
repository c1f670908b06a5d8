"""Anomalies are scored by their day and their entity."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from benchmarks.odd_days import OddScore, score_odd_days
from benchmarks.simulator import Home, simulate
from benchmarks.simulator.truth import PlantedOddity, Truth

ODD = (
    PlantedOddity("many", "light.kitchen_ceiling", 70),
    PlantedOddity("silent", "binary_sensor.bathroom_motion", 80),
)


@pytest.fixture(scope="module")
def odd_home() -> Home:
    """Return a home in which two things went wrong."""
    home = simulate(3, 7, rows_per_day=0)
    return replace(home, truth=Truth(oddities=ODD))


def _told(home: Home, day: int, entity_id: str) -> dict[str, Any]:
    when = (home.first_day + timedelta(days=day)).isoformat()
    entities = [{"entity_id": entity_id, "state": None}]
    return {"entities": entities, "when": {"date": when}, "title": entity_id}


def _score(home: Home, *told: tuple[int, str]) -> OddScore:
    return score_odd_days([_told(home, *one) for one in told], home, 65, 90)


def test_silence_tells_nothing(odd_home: Home) -> None:
    """Of 26 days four are odd, or follow on one that is."""
    score = _score(odd_home)
    assert (score.planted.total(), score.found.total(), score.alarms) == (2, 0, 0)
    assert score.days == 22


@pytest.mark.parametrize(
    ("day", "entity_id", "found", "alarms"),
    [
        (70, "light.kitchen_ceiling", 1, 0),
        (71, "light.kitchen_ceiling", 1, 0),
        (72, "light.kitchen_ceiling", 0, 1),
        (69, "light.kitchen_ceiling", 0, 1),
        # What else is told of an odd day may follow from it.
        (70, "light.office_ceiling", 0, 0),
        (75, "light.office_ceiling", 0, 1),
        # What fell silent stays so.
        (80, "binary_sensor.bathroom_motion", 1, 0),
        (88, "binary_sensor.bathroom_motion", 1, 0),
        # Days that were not judged.
        (60, "light.office_ceiling", 0, 0),
    ],
)
def test_what_is_told(
    odd_home: Home, day: int, entity_id: str, found: int, alarms: int
) -> None:
    """An oddity is found on its day or the next; elsewhere it is a false alarm."""
    score = _score(odd_home, (day, entity_id))
    assert (score.found.total(), score.alarms) == (found, alarms)
    assert len(score.shown) == 2 - found + alarms


def test_siblings_tell_of_what_they_mirror(odd_home: Home) -> None:
    """The indicator of a switch was switched as often."""
    led = next(e for e in odd_home.entities if e.mirrors and e.domain == "switch")
    assert led.mirrors is not None
    truth = Truth(oddities=(PlantedOddity("many", led.mirrors, 70),))
    home = replace(odd_home, truth=truth)
    assert _score(home, (70, led.entity_id)).found.total() == 1


def test_homes_add_up(odd_home: Home) -> None:
    """Counts by kind, days and texts of several homes."""
    score = _score(odd_home, (70, "light.kitchen_ceiling"))
    score.join(_score(odd_home, (75, "light.office_ceiling")))
    assert (score.planted["many"], score.found["many"]) == (2, 1)
    assert (score.alarms, score.days, len(score.shown)) == (1, 44, 4)


def test_what_nobody_can_tell_counts_apart(odd_home: Home) -> None:
    """Neither for nor against, whether it is told or not."""

    def tells(oddity: PlantedOddity) -> bool:
        return oddity.kind == "silent"

    told = [_told(odd_home, 70, "light.kitchen_ceiling")]
    score = score_odd_days(told, odd_home, 65, 90, tells)
    assert (score.planted["silent"], score.found["silent"], score.alarms) == (1, 0, 0)
    assert [count["many"] for count in (score.planted, *score.beyond)] == [0, 1, 1]
    score.join(score_odd_days([], odd_home, 65, 90, tells))
    assert [count["many"] for count in score.beyond] == [2, 1]


def test_what_its_days_cannot_tell_is_counted_besides(odd_home: Home) -> None:
    """Both are told; who has seen 63 days of the lamp could not have told of it."""

    def by_days(oddity: PlantedOddity) -> bool:
        return oddity.kind == "silent"

    told = [
        _told(odd_home, 70, "light.kitchen_ceiling"),
        _told(odd_home, 80, "binary_sensor.bathroom_motion"),
    ]
    score = score_odd_days(told, odd_home, 65, 90, by_days=by_days)
    assert (score.planted.total(), score.found.total()) == (2, 2)
    assert [dict(count) for count in score.by_days] == [{"silent": 1}, {"silent": 1}]
    score.join(score_odd_days([], odd_home, 65, 90, by_days=by_days))
    assert [dict(count) for count in score.by_days] == [{"silent": 2}, {"silent": 1}]
