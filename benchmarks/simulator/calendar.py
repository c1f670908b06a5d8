"""Where simulated homes stand, and the public holidays there."""

from datetime import date, timedelta

COUNTRY = "DE"
#: Degrees north and east.
POSITION = (52.52, 13.405)
_FIXED = ((1, 1), (5, 1), (10, 3), (12, 25), (12, 26))
#: Days after Easter Sunday: Good Friday, Easter Monday, Ascension, Whit Monday.
_MOVABLE = (-2, 1, 39, 50)


def easter(year: int) -> date:
    """Return Easter Sunday (Gauss's rule as completed by Lichtenberg)."""
    century = year // 100
    moon = 15 + (3 * century + 3) // 4 - (8 * century + 13) // 25
    sun = 2 - (3 * century + 3) // 4
    cycle = year % 19
    seed = (19 * cycle + moon) % 30
    shift = (seed + cycle // 11) // 29
    border = 21 + seed - shift
    sunday = 7 - (year + year // 4 + sun) % 7
    return date(year, 3, 1) + timedelta(border + 7 - (border - sunday) % 7 - 1)


def holidays(first_day: date, days: int) -> frozenset[date]:
    """Return the days of a span that are free in all of Germany."""
    found: set[date] = set()
    last = first_day + timedelta(days=days)
    for year in range(first_day.year, last.year + 1):
        found |= {date(year, month, day) for month, day in _FIXED}
        found |= {easter(year) + timedelta(days=after) for after in _MOVABLE}
    return frozenset(day for day in found if first_day <= day < last)
