"""Numbers that sensors report: most rows of a recorder, and none a habit."""

import numpy as np

from .clock import DAY_SECONDS, Floats, Ints, LocalClock
from .house import House, Role

#: Tenths of the unit: mean, height of the daily wave, sd of the noise.
_SHAPES = {
    "temperature": (205, 12, 4),
    "humidity": (480, 30, 12),
    "illuminance": (1500, 1500, 220),
    "battery": (870, 0, 6),
    "power": (350, 150, 260),
    "energy": (10_000, 0, 0),
}
_PLAIN = (1200, 0, 110)
#: How much more often than others these report.
_EAGER = {"power": 4.0, "illuminance": 2.0, "battery": 0.1, "energy": 3.0}


def readings(
    house: House, clock: LocalClock, rows: int, rng: np.random.Generator
) -> tuple[np.ndarray, Floats, Ints]:
    """Draw the readings of all numeric sensors.

    Args:
        house: Its sensors.
        clock: The span of days.
        rows: How many readings there shall be in all, or nearly.
        rng: Where chance comes from.

    Returns:
        Entity positions, UTC seconds and values in tenths of the unit, ordered by
        entity, then by time.
    """
    sensors = house.where(Role.NUMERIC)
    kinds = [house.entities[n].device_class or "" for n in sensors.tolist()]
    weights = np.array([_EAGER.get(kind, 1.0) for kind in kinds])
    counts = np.maximum(rows * weights / weights.sum(), 1).astype(np.int64)
    begin, end = clock.utc(0, 0.0), clock.utc(clock.days, 0.0)
    parts: list[tuple[np.ndarray, Floats, Ints]] = []
    for sensor, kind, count in zip(sensors, kinds, counts.tolist(), strict=True):
        step = (end - begin) / count
        at = begin + step * (np.arange(count) + rng.random(count) * 0.9)
        mean, wave, noise = _SHAPES.get(kind, _PLAIN)
        if kind == "energy":
            value = mean + np.cumsum(rng.random(count) * 3)
        else:
            phase = 2 * np.pi * (at - begin) / DAY_SECONDS
            drift = np.cumsum(rng.normal(0, noise / 20, count))
            value = mean - wave * np.cos(phase) + rng.normal(0, noise, count)
            value = np.maximum(value + drift * 0.3, 0)
        who = np.full(count, sensor, np.int32)
        parts.append((who, at, np.round(value).astype(np.int64)))
    entity, instant, value = (np.concatenate(c) for c in zip(*parts, strict=True))
    return entity, instant, value
