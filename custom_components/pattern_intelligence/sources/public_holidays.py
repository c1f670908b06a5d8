"""The free days of a country, as the holidays package knows them."""

from __future__ import annotations

from datetime import date
from typing import Final

from ..engine.civil import day_number
from ..engine.day_kinds import Calendar

FIRST_YEAR: Final = 2013
"""Home Assistant's first: nobody has a longer history."""

YEARS_AHEAD: Final = 1


def calendar_of(
    country: str | None, today: date, subdivision: str | None = None
) -> Calendar:
    """Return a country's weekends and public holidays.

    Blocks: the package is large, and imported when first asked.

    Args:
        country: ISO 3166 code; weekends alone where it is None, or unknown.
        today: the current date; holidays of the next year are told, too.
        subdivision: the part of the country whose holidays count beside the
            nationwide ones, by its code; nothing where the country has no such part.
    """
    if not country:
        return Calendar()
    from holidays import country_holidays, list_supported_countries

    known = list_supported_countries().get(country)
    if known is None:
        return Calendar()
    found = country_holidays(
        country,
        subdiv=subdivision if subdivision in known else None,
        years=range(FIRST_YEAR, today.year + YEARS_AHEAD + 1),
    )
    return Calendar(
        weekend=frozenset(found.weekend),
        holidays=frozenset(map(day_number, found)),
    )


def countries() -> list[str]:
    """Return the codes of the countries whose holidays are known. Blocks."""
    from holidays import list_supported_countries

    return sorted(code for code in list_supported_countries() if len(code) == 2)


def subdivisions(country: str | None) -> dict[str, str]:
    """Return the parts of a country that have holidays of their own. Blocks.

    Args:
        country: ISO 3166 code; what is unknown has no parts.

    Returns:
        Names by code, in the order of the names.
    """
    from holidays import country_holidays, list_supported_countries

    known = list_supported_countries().get(country or "")
    if not country or known is None:
        return {}
    names = dict.fromkeys(known, "")
    for name, code in country_holidays(country).subdivisions_aliases.items():
        names[code] = names.get(code) or name
    return dict(
        sorted(
            ((code, name or code) for code, name in names.items()),
            key=lambda part: part[1],
        )
    )
