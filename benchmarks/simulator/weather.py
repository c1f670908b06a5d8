"""How warm it is outside: seasons, days that are like the day before, and hours."""

import numpy as np

from .clock import DAY_MINUTES, Floats, LocalClock

OUTDOOR = "sensor.outdoor_temperature"
#: The mean of the year and the half of its swing, in degrees Celsius.
_MEAN, _SWING = 10.0, 9.5
#: The coldest day of the year, counted from New Year, and the warmest hour of a day.
_COLDEST, _WARMEST = 20, 15.0
#: Sd of what weather adds, how much of it is left a day later, the daily wave.
_SD, _STAYS, _WAVE = 4.0, 0.7, 4.0


def temperatures(seed: int, clock: LocalClock) -> Floats:
    """Return the outdoor temperature at every full hour of local days.

    Args:
        seed: Decides the weather.
        clock: The span of days.

    Returns:
        Shape (days, 24), degrees Celsius.
    """
    rng = np.random.default_rng(np.random.SeedSequence([seed, 11]))
    shocks = rng.normal(0, _SD * np.sqrt(1 - _STAYS**2), clock.days)
    shocks[0] = rng.normal(0, _SD)
    anomaly = shocks.copy()
    for day in range(1, clock.days):
        anomaly[day] += _STAYS * anomaly[day - 1]
    since = np.array(
        [clock.date(day).timetuple().tm_yday - _COLDEST for day in range(clock.days)]
    )
    season = _MEAN - _SWING * np.cos(2 * np.pi * since / 365.25)
    wave = _WAVE * np.cos(2 * np.pi * (np.arange(24) - _WARMEST) / 24)
    noise = rng.normal(0, 0.5, (clock.days, 24))
    found: Floats = (season + anomaly)[:, None] + wave + noise
    return found


def at_minute(hourly: Floats, minute: Floats) -> Floats:
    """Return what hourly values are at a wall-clock minute of each day, shape (days,)."""
    hour = (minute % DAY_MINUTES // 60).astype(np.int64)
    found: Floats = hourly[np.arange(len(hourly)), hour]
    return found
