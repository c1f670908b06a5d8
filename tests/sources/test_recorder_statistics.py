"""What meters counted, from the recorder's long-term statistics."""

from datetime import date
from pathlib import Path

from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.rawday import Counts

from .builder import BERLIN, RecorderBuilder, ms
from .conftest import source_of

DAY = date(2026, 6, 2)
METER = EntityInfo("sensor.meter", device_class="energy")


def _told(found: Counts) -> list[tuple[str, str, int, int]]:
    """Return rows as entity, unit, hours since midnight and thousandths."""
    return [
        (*found.meters[meter], (instant - ms(f"{DAY} 00:00")) // 3_600_000, amount)
        for meter, instant, amount in zip(
            found.meter.tolist(),
            found.instant.tolist(),
            found.amount.tolist(),
            strict=True,
        )
    ]


def test_hours_of_a_day(recorder: RecorderBuilder, path: Path) -> None:
    """Above the hour before, however long ago that was; a total may go down."""
    with recorder:
        recorder.meter(
            "sensor.meter",
            "kWh",
            {
                "2026-05-30 10:00": 10,
                "2026-06-01 22:00": 12.5,
                "2026-06-02 00:00": 13.25,
                "2026-06-02 01:00": None,
                "2026-06-02 05:00": 14.0004,
                "2026-06-02 06:00": 14.0008,
                "2026-06-02 23:00": 13.5,
                "2026-06-03 00:00": 99,
            },
        )
        recorder.pulse("2026-06-01 00:00", "2026-06-03 12:00")
    assert _told(source_of(path, METER).read(DAY).counts) == [
        ("sensor.meter", "kWh", 0, 750),
        ("sensor.meter", "kWh", 5, 750),
        ("sensor.meter", "kWh", 6, 1),
        ("sensor.meter", "kWh", 23, -501),
    ]


def test_the_first_total_counts_from_nothing(
    recorder: RecorderBuilder, path: Path
) -> None:
    """As the recorder itself tells it."""
    with recorder:
        recorder.meter("sensor.meter", "kWh", {f"{DAY} 04:00": 2.5, f"{DAY} 05:00": 3})
        recorder.pulse("2026-06-01 00:00", "2026-06-03 12:00")
    assert _told(source_of(path, METER).read(DAY).counts) == [
        ("sensor.meter", "kWh", 4, 2500),
        ("sensor.meter", "kWh", 5, 500),
    ]


def test_which_meters(recorder: RecorderBuilder, path: Path) -> None:
    """What is consumed at home; by its unit where no registry knows it."""
    infos = (
        METER,
        EntityInfo("sensor.traffic", device_class="data_size"),
        EntityInfo("sensor.own", device_class="energy", category="diagnostic"),
    )
    with recorder:
        for name, unit, source, has_sum in (
            ("sensor.meter", "kWh", "recorder", True),
            ("sensor.gone", "m³", "recorder", True),
            ("sensor.unknown", "GB", "recorder", True),
            ("sensor.traffic", "kWh", "recorder", True),
            ("sensor.own", "kWh", "recorder", True),
            ("utility:meter", "kWh", "utility", True),
            ("sensor.warm", "°C", "recorder", False),
        ):
            recorder.meter(
                name, unit, {f"{DAY} 04:00": 1}, source=source, has_sum=has_sum
            )
        recorder.pulse("2026-06-01 00:00", "2026-06-03 12:00")
    assert _told(source_of(path, *infos).read(DAY).counts) == [
        ("sensor.meter", "kWh", 4, 1000),
        ("sensor.gone", "m³", 4, 1000),
    ]


def test_a_replaced_unit_is_another_row(recorder: RecorderBuilder, path: Path) -> None:
    """Two ids of one entity, in units that cannot be added."""
    with recorder:
        recorder.meter("sensor.meter", "kWh", {f"{DAY} 04:00": 1})
        recorder.meter("sensor.former", "Wh", {f"{DAY} 03:00": 1})
        recorder.pulse("2026-06-01 00:00", "2026-06-03 12:00")
    home = Home(
        BERLIN,
        entities={METER.entity_id: METER},
        aliases={"sensor.former": "sensor.meter"},
    )
    assert sorted(_told(source_of(path, home=home).read(DAY).counts)) == [
        ("sensor.meter", "Wh", 3, 1000),
        ("sensor.meter", "kWh", 4, 1000),
    ]
