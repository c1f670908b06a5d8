"""What sensors measured, as the recorder's rows of a day have it."""

from datetime import date
import math
from pathlib import Path

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.civil import (
    HOUR_MS,
    CivilTime,
    day_number,
)
from custom_components.pattern_intelligence.engine.context import summarize_context
from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.measured import measured_of
from custom_components.pattern_intelligence.engine.rawday import Readings
from custom_components.pattern_intelligence.engine.tables import CONTEXT, dated

from .builder import BERLIN, RecorderBuilder, ms
from .conftest import rows_of, source_of

DAY = date(2026, 6, 2)
OUTSIDE = EntityInfo("sensor.outside", device_class="temperature")
SERVICE = EntityInfo("weather.home")


def _told(found: Readings) -> list[tuple[str, str, float | None]]:
    """Return rows as entity, local time and value; None for a gap."""
    return [
        (
            found.entities[entity],
            f"{(instant - ms(f'{DAY} 00:00')) / 3_600_000:g}",
            None if math.isnan(value) else value,
        )
        for entity, instant, value in zip(
            found.entity.tolist(),
            found.instant.tolist(),
            found.value.tolist(),
            strict=True,
        )
    ]


def test_numbers_of_sensors(recorder: RecorderBuilder, path: Path) -> None:
    """Of the day alone, with what held before it; what is no number is a gap."""
    with recorder:
        recorder.state("sensor.outside", "3", "2026-06-01 20:00")
        recorder.state("sensor.outside", "4.5", "2026-06-01 23:59")
        recorder.state("sensor.outside", "-7.25", "2026-06-02 00:00")
        recorder.state("sensor.outside", "unavailable", "2026-06-02 06:00")
        recorder.state("sensor.outside", "1e3", "2026-06-02 06:30")
        recorder.state("sensor.outside", None, "2026-06-02 07:00")
        recorder.state("sensor.outside", "nan", "2026-06-02 08:00")
        recorder.state("sensor.outside", "9", "2026-06-03 00:00")
        recorder.pulse("2026-06-01 00:00", "2026-06-03 12:00")
    found = source_of(path, OUTSIDE).read(DAY).readings
    assert found.entities == ("sensor.outside",)
    assert found.carried.tolist() == [4.5]
    assert _told(found) == [
        ("sensor.outside", "0", -7.25),
        ("sensor.outside", "6", None),
        ("sensor.outside", "6.5", 1000),
        ("sensor.outside", "7", None),
        ("sensor.outside", "8", None),
    ]


def test_temperature_of_a_weather_service(
    recorder: RecorderBuilder, path: Path
) -> None:
    """It stands among the attributes; where there is none, nothing is known."""
    with recorder:
        recorder.state(
            "weather.home",
            "sunny",
            "2026-06-01 12:00",
            attributes={"temperature": 18},
        )
        told: dict[str, dict[str, object]] = {
            "03:00": {"temperature": 11.5, "humidity": 60},
            "04:00": {"temperature": None},
            "05:00": {"temperature": "warm"},
            "06:00": {"humidity": 1},
        }
        for when, attributes in told.items():
            recorder.state(
                "weather.home", "cloudy", f"{DAY} {when}", attributes=attributes
            )
        recorder.state("weather.home", "unavailable", f"{DAY} 07:00")
        recorder.state("sensor.outside", "2", f"{DAY} 05:00")
        recorder.pulse("2026-06-01 00:00", "2026-06-03 12:00")
    found = source_of(path, OUTSIDE, SERVICE).read(DAY).readings
    assert found.entities == ("sensor.outside", "weather.home")
    assert found.carried.tolist()[1] == 18
    assert math.isnan(found.carried.tolist()[0])
    assert _told(found) == [
        ("weather.home", "3", 11.5),
        ("weather.home", "4", None),
        ("sensor.outside", "5", 2),
        ("weather.home", "5", None),
        ("weather.home", "6", None),
        ("weather.home", "7", None),
    ]


def test_former_ids_are_one_sensor(recorder: RecorderBuilder, path: Path) -> None:
    """Renamed during the day: its rows go on, and the last value before it counts."""
    with recorder:
        recorder.state("sensor.old", "1", "2026-06-01 10:00")
        recorder.state("sensor.outside", "2", "2026-06-01 09:00")
        recorder.state("sensor.old", "3", f"{DAY} 02:00")
        recorder.state("sensor.outside", "4", f"{DAY} 01:00")
        recorder.pulse("2026-06-01 00:00", "2026-06-03 12:00")
    home = Home(
        BERLIN,
        entities={OUTSIDE.entity_id: OUTSIDE},
        aliases={"sensor.old": "sensor.outside"},
    )
    found = source_of(path, home=home).read(DAY).readings
    assert found.carried.tolist() == [1]
    assert _told(found) == [("sensor.outside", "1", 4), ("sensor.outside", "2", 3)]


def test_rows_of_changed_attributes(recorder: RecorderBuilder, path: Path) -> None:
    """A number counts from when its row was written; a state from when it was entered.

    A light's state may well be a number, too.
    """
    with recorder:
        for entity_id in ("sensor.outside", "light.a"):
            recorder.state(entity_id, "1", f"{DAY} 02:00")
            recorder.state(entity_id, "7", f"{DAY} 05:00", changed=f"{DAY} 04:00")
            recorder.state(entity_id, "7", f"{DAY} 06:00", changed="2026-06-01 20:00")
        recorder.pulse("2026-06-01 00:00", "2026-06-03 12:00")
    raw = source_of(path, OUTSIDE).read(DAY)
    assert _told(raw.readings) == [
        ("sensor.outside", "2", 1),
        ("sensor.outside", "5", 7),
        ("sensor.outside", "6", 7),
    ]
    assert rows_of(raw) == [
        ("light.a", "1", 2 * HOUR_MS),
        ("light.a", "7", 4 * HOUR_MS),
        ("light.a", "7", 0),
    ]
    assert set(raw.states) == {"1", "7"}


def test_means_are_those_of_a_naive_count(
    recorder: RecorderBuilder, path: Path
) -> None:
    """Second by second, of sensors whose rows lie among each other's and a light's."""
    rng = np.random.default_rng(1)
    names = ("sensor.a", "sensor.b", "sensor.c")
    seconds = np.sort(rng.integers(0, 86_400, 2_000)).tolist()
    told: dict[str, dict[int, float]] = {name: {} for name in names}
    with recorder:
        for second in seconds:
            name = (*names, "light.a")[rng.integers(4)]
            value = int(rng.integers(-200, 400)) / 10
            text = str(value) if rng.random() < 0.9 else "unknown"
            recorder.state(name, text, ms(f"{DAY} 00:00") / 1000 + second)
            if name in told:
                told[name][second] = math.nan if text == "unknown" else value
        recorder.pulse("2026-06-01 00:00", "2026-06-03 12:00")
    infos = [EntityInfo(name, device_class="temperature") for name in names]
    table = summarize_context(source_of(path, *infos).read(DAY))
    number = day_number(DAY)
    found = measured_of(
        CivilTime(BERLIN), np.array([number]), dated(CONTEXT, [(number, table)]), str
    )
    assert found.entities == names
    for index, name in enumerate(names):
        held = math.nan
        values: list[list[float]] = [[] for _ in range(24)]
        for second in range(86_400):
            held = told[name].get(second, held)
            if not math.isnan(held):
                values[second // 3600].append(held)
        expected = [sum(own) / len(own) if own else math.nan for own in values]
        assert found.mean[index, 0].tolist() == pytest.approx(expected, nan_ok=True)


def test_only_sensors_of_what_it_is_like(recorder: RecorderBuilder, path: Path) -> None:
    """No numbers of a device's own, of what a person hid, or of what is none."""
    others = (
        EntityInfo("sensor.chip", device_class="temperature", category="diagnostic"),
        EntityInfo("sensor.hidden", device_class="temperature", hidden=True),
        EntityInfo("sensor.power", device_class="power"),
        EntityInfo("sensor.word"),
        EntityInfo("number.target", device_class="temperature"),
    )
    with recorder:
        for info in (*others, OUTSIDE):
            recorder.state(info.entity_id, "5", f"{DAY} 02:00")
        recorder.pulse("2026-06-01 00:00", "2026-06-03 12:00")
    raw = source_of(path, OUTSIDE, *others).read(DAY)
    assert raw.readings.entities == ("sensor.outside",)
    assert "sensor.outside" not in raw.entities
