"""Which lines are far enough from the sun's course, by what is planted."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from benchmarks.apart import told_from_sun
from custom_components.pattern_intelligence.engine.civil import CivilTime, day_number
from custom_components.pattern_intelligence.engine.sun import Position

BERLIN = CivilTime(ZoneInfo("Europe/Berlin"))
SOLSTICE = date(2025, 12, 21)
WEEKS = np.arange(26, dtype=np.float64)


@pytest.mark.parametrize(
    ("later", "plain", "expected"),
    [
        # Half a year from equinox to equinox goes up and down: a flat curve leaves
        # 8 ** 2 / 12 of a week, 26 times, halved: 69.
        (91, 8.0, True),
        (91, 1.0, False),
        # From solstice to solstice a cosine leaves 1 - 96 / pi ** 4 of that: 1.0.
        (0, 8.0, False),
        # Five times as plain leaves 25 times as much.
        (0, 40.0, True),
    ],
)
def test_what_goes_up_and_down_is_told_from_a_line(
    later: int, plain: float, *, expected: bool
) -> None:
    """A number that moves by so many times what weeks differ by chance."""
    first = day_number(SOLSTICE + timedelta(days=later))
    told = told_from_sun(
        plain * WEEKS / 26,
        first + 7.0 * WEEKS + 3.5,
        BERLIN,
        Position(52.52, 13.405),
        of_time=False,
    )
    assert told is expected
