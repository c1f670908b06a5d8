"""Trends and swings, as people say them."""

from dataclasses import replace

import pytest

from custom_components.pattern_intelligence.engine.pattern import (
    Context,
    Finding,
    Json,
    PatternType,
    When,
)
from custom_components.pattern_intelligence.engine.window import Key
from custom_components.pattern_intelligence.engine.wording import Wording

from .test_life import finding
from .test_wording import HOME

WHEN = When(405, 396, 412, "first")


def _found(context: Context, details: Json, when: When | None = None) -> Finding:
    state = "" if context["of"] == "consumption" else "on"
    return replace(
        finding(405),
        type=PatternType.SEASONAL,
        entities=(Key("light.a", state),),
        when=when,
        context=context,
        details=details,
    )


@pytest.mark.parametrize(
    ("of", "change", "when", "begin", "end", "unit", "title", "description"),
    [
        (
            "time",
            -4.5,
            WHEN,
            "07:40",
            "06:46",
            "clock",
            "First of the day: Bathroom light turns on earlier every week",
            "From 07:40 to 06:46 within 12 weeks, by 4.5 min a week.",
        ),
        (
            "duration",
            2.0,
            None,
            1200.0,
            2700.0,
            "s",
            "Bathroom light on longer every week",
            "From 20 min to 45 min within 12 weeks, by 2.0 % a week.",
        ),
        (
            "count",
            -3.0,
            None,
            42.0,
            21.0,
            "1/wk",
            "Bathroom light turns on less often every week",
            (
                "From 42.0 times a week to 21.0 times a week within 12 weeks, "
                "by 3.0 % a week."
            ),
        ),
        (
            "consumption",
            1.5,
            None,
            3.0,
            4.5,
            "kWh/d",
            "Bathroom light counts more every week",
            "From 3.0 kWh a day to 4.5 kWh a day within 12 weeks, by 1.5 % a week.",
        ),
    ],
)
def test_a_trend(
    of: str,
    change: float,
    when: When | None,
    begin: str | float,
    end: str | float,
    unit: str,
    title: str,
    description: str,
) -> None:
    """The title says which way it moves, the description from where to where."""
    amount = "minutes_per_week" if of == "time" else "percent_per_week"
    found = _found(
        {"kind": "trend", "of": of, amount: change},
        {"trend": {"from": begin, "to": end, "weeks": 12, "unit": unit}},
        when,
    )
    assert Wording(HOME).title(found) == title
    assert Wording(HOME).description(found) == description


@pytest.mark.parametrize(
    ("of", "high", "low", "unit", "title", "figures"),
    [
        (
            "time",
            "08:10",
            "07:05",
            "clock",
            "Bathroom light turns on later in winter",
            "About 08:10 in January, 07:05 in July",
        ),
        (
            "consumption",
            9.0,
            3.0,
            "kWh/d",
            "Bathroom light counts more in winter",
            "About 9.0 kWh a day in January, 3.0 kWh a day in July",
        ),
        (
            "count",
            35.0,
            14.0,
            "1/wk",
            "Bathroom light turns on more often in winter",
            "About 35.0 times a week in January, 14.0 times a week in July",
        ),
        (
            "duration",
            7200.0,
            600.0,
            "s",
            "Bathroom light on longer in winter",
            "About 2.0 h in January, 10 min in July",
        ),
    ],
)
def test_a_swing(
    of: str, high: str | float, low: str | float, unit: str, title: str, figures: str
) -> None:
    """The title names the season, the description the months of high and low."""
    swing = {
        "high": high,
        "high_month": 1,
        "low": low,
        "low_month": 7,
        "months": 24,
        "unit": unit,
    }
    found = _found({"kind": "season", "season": "winter", "of": of}, {"swing": swing})
    assert Wording(HOME).title(found) == title
    assert Wording(HOME).description(found) == f"{figures}, seen over 24 months."
