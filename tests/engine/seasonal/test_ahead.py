"""What the next week is expected to bring, by hand."""

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.keys import Key
from custom_components.pattern_intelligence.engine.seasonal.ahead import (
    confidence_of,
    expected_next,
)
from custom_components.pattern_intelligence.engine.seasonal.axes import Axis, bend, line
from custom_components.pattern_intelligence.engine.seasonal.evenly import LEAST_LEFT
from custom_components.pattern_intelligence.engine.seasonal.questions import (
    Answer,
    Question,
)
from custom_components.pattern_intelligence.engine.seasonal.series import (
    SCALES,
    Measure,
    Series,
    Subject,
)

WEEKS = 26


def _weekly(measure: Measure, figures: list[float]) -> Answer:
    """Return the answer of a series of weeks, in the figures that people know."""
    start = 20_000 + 7 * np.arange(WEEKS)
    axis = Axis("week", start, start + 7)
    values = SCALES[measure].reckoned(np.array(figures))[None]
    subject = Subject(Key("light.lamp", "on"))
    days = np.full((1, WEEKS), 7)
    series = Series(measure, axis, (subject,), values, days)
    design = np.column_stack([line(axis), bend(axis)])
    return Answer(Question("trend", series, design, slice(1, 2)), 0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("measure", "first", "weekly"),
    [
        ("time", 600.0, 5.0),
        ("time", 600.0, -5.0),
        ("duration", 600.0, 120.0),
        ("duration", 7200.0, -120.0),
        ("count", 1.0, 0.5),
        ("count", 30.0, -1.0),
    ],
)
def test_what_moves_evenly_goes_on_evenly(
    measure: Measure, first: float, weekly: float
) -> None:
    """By as much as in every week before: that is what is told of a trend.

    From one a day to 13.5 in half a year, the week after it is 14: by roots or
    logarithms, what rises would go on too fast, and what falls too slowly.
    """
    answer = _weekly(measure, [first + weekly * week for week in range(WEEKS)])
    after = SCALES[measure].figures(np.array([expected_next(answer)]))
    assert after[0] == pytest.approx(first + weekly * WEEKS, rel=1e-3)


@pytest.mark.parametrize("measure", ["duration", "count"])
def test_nothing_falls_below_nothing(measure: Measure) -> None:
    """From 26 to one in half a year: a tenth of what was usual is left, and no less."""
    figures = [26.0 - week for week in range(WEEKS)]
    answer = _weekly(measure, figures)
    left = SCALES[measure].figures(np.array([expected_next(answer)]))[0]
    assert 0 < left < LEAST_LEFT * 13.5 + 1
    assert 0.5 < confidence_of(answer) < 1


def test_what_hardly_moves_is_a_line_on_any_scale() -> None:
    """Always once a day: nothing is to be bent, and the next week is like the others."""
    answer = _weekly("count", [1.0] * WEEKS)
    assert expected_next(answer) == pytest.approx(1.0)
    assert confidence_of(answer) == pytest.approx(0.5, abs=0.01)
