"""What is left out at a glance has no links, and little else is kept."""

from datetime import date, timedelta
import math

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.co_occurrence import beyond
from custom_components.pattern_intelligence.engine.co_occurrence.beyond import (
    beyond_chance,
)
from custom_components.pattern_intelligence.engine.co_occurrence.crossday import Days
from custom_components.pattern_intelligence.engine.co_occurrence.links import (
    EFFECT_FLOOR,
    Cause,
)
from custom_components.pattern_intelligence.engine.co_occurrence.manners import (
    LAGS_MS,
    NEXT,
    followed,
)
from custom_components.pattern_intelligence.engine.co_occurrence.stream import Stream
from custom_components.pattern_intelligence.engine.tables import Numbers
from custom_components.pattern_intelligence.engine.window import Window
from tests.engine.builders import Row, raw_days, window_of

FIRST = date(2026, 3, 23)
"""Six days before the clock is put forward."""

LAGS_S = {"lock.b": 8, "scene.c": 40, "switch.d": 150, "switch.e": 600}
"""How soon each follows: one in each of the lags."""


def home(seed: int) -> Window:
    """Return three weeks of five things that follow one, and two that do not."""
    random = np.random.default_rng(seed)
    rows: list[Row] = []
    for day in range(21):
        midnight = np.datetime64((FIRST + timedelta(days=day)).isoformat(), "s")

        def add(second: float, entity_id: str, state: str, cause: int = 0) -> None:
            at = str(midnight + np.timedelta64(int(second), "s"))  # noqa: B023
            rows.append(Row(at, entity_id, state, cause))

        for moment in random.uniform(4 * 3600, 23 * 3600, 4):
            add(moment, "switch.a", "on")
            add(moment + 1800, "switch.a", "off")
            for entity_id, lag in LAGS_S.items():
                if random.random() < 0.6:
                    by = int(random.choice([0, 3]))
                    later = moment + lag * random.uniform(0.9, 1.3)
                    add(later, entity_id, "on", by)
                    add(later + 1, entity_id, "off", by)
        for entity_id, times in (("switch.f", 30), ("switch.g", 60)):
            for moment in np.sort(random.uniform(0, 86_000, times)):
                add(moment, entity_id, "on")
                add(moment + 1, entity_id, "off")
    last = FIRST + timedelta(days=20)
    return window_of(raw_days(FIRST, last, rows, automations=("", "automation.c")))


def plainly(stream: Stream, cause: int, effect: int) -> float:
    """Return how many times what chance gives a pair follows at the most."""
    rows = stream.occasions(cause)
    lags = stream.lags(rows, effect)
    known = stream.days.available(stream.window.keys[effect].entity_id)
    most = 0.0
    for manner, _ in enumerate(LAGS_MS):
        count = int(followed(lags, manner).sum())
        mask = stream.mask(cause, effect, manner)
        others = would = 0
        for row in rows.tolist():
            offset = int(stream.offset[row])
            days = int(stream.days.alike[stream.day[row]] & known[offset // 3_600_000])
            others += days.bit_count()
            would += (days & int(mask.at(np.array([offset]))[0])).bit_count()
        chance = (count + would) / (rows.size + others)
        if count >= EFFECT_FLOOR * rows.size:
            most = max(most, count / (chance * rows.size))
    if stream.manners(effect) == NEXT:
        return most
    until = stream.until_next(rows, stream.beginnings)
    often = followed(lags, NEXT, until).sum() >= EFFECT_FLOOR * rows.size
    return math.inf if often else most


def all_pairs(stream: Stream) -> Numbers:
    """Return all pairs of a cause and an effect, in no order."""
    pairs = np.argwhere(np.outer(stream.causes, stream.effects))
    return np.random.default_rng(0).permutation(pairs)


@pytest.mark.parametrize("automated", [False, True])
@pytest.mark.parametrize("seed", range(2))
def test_pairs_are_told_as_each_by_itself(
    seed: int, automated: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In whatever order they are asked for, and however much more than chance."""
    stream = Stream(Days.of(home(seed)), automated=automated)
    pairs = all_pairs(stream)
    most = np.array([plainly(stream, *pair) for pair in pairs.tolist()])
    assert 0 < np.count_nonzero(most) < most.size
    for lift in np.geomspace(0.55, 30, 71).tolist():
        monkeypatch.setattr(beyond, "MIN_LIFT", lift)
        assert beyond_chance(stream, pairs).tolist() == (most >= lift).tolist()


@pytest.mark.parametrize("automated", [False, True])
def test_what_is_left_out_has_no_links(automated: bool) -> None:
    """The close look at a pair comes to nothing then."""
    stream = Stream(Days.of(home(2)), automated=automated)
    pairs = all_pairs(stream)
    left_out = pairs[~beyond_chance(stream, pairs)]
    assert left_out.size
    assert not [
        link
        for cause, effect in left_out.tolist()
        for link in Cause(stream, cause).links(effect)
    ]


def test_nothing_is_asked_of_no_pairs() -> None:
    """As in a home in which nothing follows anything."""
    stream = Stream(Days.of(home(0)))
    assert beyond_chance(stream, np.zeros((0, 2), np.int64)).tolist() == []
