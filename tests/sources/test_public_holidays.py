"""What the holidays package knows of a country."""

from datetime import date

import pytest

from custom_components.pattern_intelligence.engine.civil import day_number
from custom_components.pattern_intelligence.engine.day_kinds import Calendar
from custom_components.pattern_intelligence.sources.public_holidays import (
    calendar_of,
    countries,
    subdivisions,
)

TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("country", "holiday"),
    [
        ("DE", date(2026, 10, 3)),
        ("DE", date(2013, 12, 25)),
        ("DE", date(2027, 1, 1)),
        ("US", date(2026, 7, 4)),
        ("NL", date(2026, 4, 27)),
    ],
)
def test_national_holidays(country: str, holiday: date) -> None:
    """From Home Assistant's first year to the next."""
    assert day_number(holiday) in calendar_of(country, TODAY).holidays


def test_what_is_no_holiday_there() -> None:
    """King's day is kept in the Netherlands alone; Saint Stephen's not in America."""
    assert day_number(date(2026, 4, 27)) not in calendar_of("DE", TODAY).holidays
    assert day_number(date(2026, 12, 26)) not in calendar_of("US", TODAY).holidays


def test_weekends_of_a_country() -> None:
    """Friday and Saturday in Israel."""
    assert calendar_of("IL", TODAY).weekend == {4, 5}


@pytest.mark.parametrize("country", [None, "", "XX", "no such place"])
def test_an_unknown_country_has_weekends(country: str | None) -> None:
    """A home whose country nobody said has no public holidays."""
    assert calendar_of(country, TODAY) == Calendar()


def test_a_part_of_a_country() -> None:
    """Epiphany is a holiday in Bavaria, and not in Berlin nor everywhere."""
    epiphany = day_number(date(2026, 1, 6))
    assert epiphany in calendar_of("DE", TODAY, "BY").holidays
    assert epiphany not in calendar_of("DE", TODAY, "BE").holidays
    assert epiphany not in calendar_of("DE", TODAY).holidays


def test_a_part_of_another_country() -> None:
    """What the country does not have is not asked for."""
    assert calendar_of("NL", TODAY, "BY") == calendar_of("NL", TODAY)


def test_what_can_be_chosen() -> None:
    """Countries by their codes of two letters, parts by their names."""
    known = countries()
    assert {"DE", "NL", "US"} <= set(known)
    assert all(len(code) == 2 for code in known)
    assert subdivisions("DE")["BY"] == "Bayern"
    assert list(subdivisions("DE").values()) == sorted(subdivisions("DE").values())
    assert subdivisions("NL") == subdivisions(None) == subdivisions("XX") == {}
