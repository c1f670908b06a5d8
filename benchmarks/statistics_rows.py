"""Writes what meters counted as the recorder's long-term statistics, over years."""

from collections.abc import Iterator
from hashlib import md5
import sqlite3

from homeassistant.components.recorder.models import StatisticMeanType
import numpy as np

from .simulator.model import Entity, Recorded

HOUR = 3600
YEAR = 365.25 * 24 * HOUR
#: How much more than on average is counted at the height of winter, and less in summer.
SWING = 0.5
#: The height of winter in the north, as a share of the year.
_WINTER = 15 / 365.25
#: Kilowatt-hours in an hour, at night and at most in the evening.
_NIGHT, _EVENING = 0.2, 0.9
_INSERT = (
    "INSERT INTO statistics (created_ts, metadata_id, start_ts, state, sum)"
    " VALUES (?, ?, ?, ?, ?)"
)


def write_statistics(
    database: sqlite3.Connection, home: Recorded, years: float = 0
) -> None:
    """Write hourly totals of the energy meters of a home.

    They swing with the year: much in winter, little in summer, as where the home is
    heated by electricity.

    Args:
        database: A recorder's, whose tables are there.
        home: Whose meters; its position tells when winter is.
        years: How long before the first recorded row counting began.
    """
    meters = [e for e in home.entities if e.device_class == "energy"]
    first = (home.stream.instant[0] - years * YEAR) // HOUR * HOUR
    begins = np.arange(first, home.stream.instant[-1] - HOUR + 1, HOUR)
    for meter in meters:
        number = database.execute(
            "INSERT INTO statistics_meta (statistic_id, source, unit_of_measurement,"
            " unit_class, has_mean, has_sum, mean_type)"
            " VALUES (?, 'recorder', 'kWh', 'energy', 0, 1, ?)",
            (meter.entity_id, StatisticMeanType.NONE),
        ).lastrowid
        database.executemany(
            _INSERT, _rows(number or 0, begins, _totals(home, meter, begins))
        )


def _totals(home: Recorded, meter: Entity, begins: np.ndarray) -> np.ndarray:
    """Return the meter's total at the end of each hour."""
    seed = int(md5(meter.entity_id.encode(), usedforsecurity=False).hexdigest()[:8], 16)
    rng = np.random.default_rng(seed)
    year = (begins / YEAR - _WINTER) % 1
    north = 1 if home.position[0] >= 0 else -1
    season = 1 + north * SWING * np.cos(2 * np.pi * year)
    hour = (begins / HOUR + home.position[1] / 15) % 24
    evening = np.exp(-(((hour - 19 + 12) % 24 - 12) ** 2) / 18)
    shape = _NIGHT + (_EVENING - _NIGHT) * evening
    days = np.exp(rng.normal(0, 0.25, begins.size // 24 + 1)).repeat(24)[: begins.size]
    hours = np.exp(rng.normal(0, 0.3, begins.size))
    return np.cumsum(np.round(season * shape * days * hours, 3))


def _rows(
    number: int, begins: np.ndarray, totals: np.ndarray
) -> Iterator[tuple[float, int, float, float, float]]:
    """Yield rows as the recorder writes them, ten seconds after each hour."""
    for begin, total in zip(begins.tolist(), totals.tolist(), strict=True):
        yield begin + HOUR + 10, number, begin, total, total
