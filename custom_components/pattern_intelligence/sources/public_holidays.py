"""The free days of a country, as the holidays package knows them."""

from __future__ import annotations

from datetime import date
from typing import Final

from ..engine.civil import day_number
from ..engine.day_kinds import Calendar

FIRST_YEAR: Final = 2013
"""Home Assistant's first: nobody has a longer history."""

YEARS_AHEAD: Final = 1


def calendar_of(country: str | None, today: date) -> Calendar:
    """Return a country's weekends and nationwide public holidays.

    Blocks: the package is large, and imported when first asked.

    Args:
        country: ISO 3166 code; weekends alone where it is None, or unknown.
        today: the current date; holidays of the next year are told, too.
    """
    if not country:
        return Calendar()
    from holidays import country_holidays

    years = range(FIRST_YEAR, today.year + YEARS_AHEAD + 1)
    try:
        found = country_holidays(country, years=years)
    except NotImplementedError:
        return Calendar()
    return Calendar(
        weekend=frozenset(found.weekend),
        holidays=frozenset(map(day_number, found)),
    )
