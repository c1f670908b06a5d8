"""Of half a year: what moves evenly, and what goes with the light."""

from datetime import date

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.civil import day_number
from custom_components.pattern_intelligence.engine.evidence import Floats
from custom_components.pattern_intelligence.engine.home import Home
from custom_components.pattern_intelligence.engine.keys import Key
from custom_components.pattern_intelligence.engine.seasonal.axes import (
    Axis,
    bend,
    day_length,
    line,
)
from custom_components.pattern_intelligence.engine.seasonal.doubts import is_daylight
from custom_components.pattern_intelligence.engine.seasonal.questions import (
    Answer,
    Question,
)
from custom_components.pattern_intelligence.engine.seasonal.series import (
    Series,
    Subject,
)
from custom_components.pattern_intelligence.engine.sun import Position
from tests.engine.builders import BERLIN

WEEKS = 26
PLACE = Position(52.52, 13.405)
HOME = Home(BERLIN.zone, position=PLACE)
GIVE_OR_TAKE = 1 + 0.06 * np.tile([1, -1], WEEKS // 2)


def _half_year(month: int) -> Axis:
    start = day_number(date(2025, month, 6)) + 7 * np.arange(WEEKS)
    return Axis("week", start, start + 7)


def _lasts(axis: Axis, seconds: Floats) -> Answer:
    values = np.log2(seconds * GIVE_OR_TAKE)[None]
    subject = Subject(Key("light.lamp", "on"))
    series = Series("duration", axis, (subject,), values, np.full((1, WEEKS), 7))
    design = np.column_stack([line(axis), bend(axis)])
    return Answer(Question("trend", series, design, slice(1, 2)), 0, 0.0, 0.0)


@pytest.mark.parametrize("month", [1, 6, 7, 12])
@pytest.mark.parametrize(("first", "weekly"), [(1200, 240), (7500, -240)])
def test_what_moves_evenly_is_not_the_light(
    month: int, first: float, weekly: float
) -> None:
    """From 20 minutes to two hours, or back, by four minutes each week.

    Its logarithm is no line, and from one solstice to the other a curve of the sun
    would be nearer to it than a line is.
    """
    seconds = first + weekly * np.arange(WEEKS, dtype=np.float64)
    assert not is_daylight(_lasts(_half_year(month), seconds), HOME)


@pytest.mark.parametrize("month", [1, 6, 12])
def test_what_goes_with_the_light_is_no_trend(month: int) -> None:
    """As long as it is dark: 20 minutes for each hour."""
    axis = _half_year(month)
    dark = 24 * (1 - day_length(axis, BERLIN, PLACE, 0))
    assert is_daylight(_lasts(axis, 1200 * dark), HOME)
