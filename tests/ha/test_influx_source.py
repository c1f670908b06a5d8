"""Days as Home Assistant's own ``influxdb`` integration has written them."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from homeassistant.core import Context, HomeAssistant
import pytest

from custom_components.pattern_intelligence.engine.civil import days_between
from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.provenance import PHYSICAL
from custom_components.pattern_intelligence.engine.rawday import RawDay
from custom_components.pattern_intelligence.engine.scope import Scope
from custom_components.pattern_intelligence.sources.influx import stretch
from custom_components.pattern_intelligence.sources.influx.place import InfluxPlace
from custom_components.pattern_intelligence.sources.influx.server import Server
from custom_components.pattern_intelligence.sources.influx.source import InfluxSource
from scripts.tools.influx_server import RunningInflux
from tests.sources.builder import BERLIN, ms
from tests.sources.conftest import carried_of, rows_of
from tests.stores.influx_servers import VERSIONS, Servers

from .core_influxdb import LAYOUTS, Said, async_write, new_bucket

NOW = "2026-12-01 12:00"
MONDAY, TUESDAY = date(2026, 6, 1), date(2026, 6, 2)
HOUR = 3_600_000


@pytest.fixture(params=VERSIONS)
def server(
    request: pytest.FixtureRequest, influx_servers: Servers, socket_enabled: None
) -> RunningInflux:
    """Return a real server of each kind in turn."""
    return influx_servers.get(request.param)


@pytest.fixture
def place(server: RunningInflux) -> InfluxPlace:
    """Return a bucket of its own."""
    return new_bucket(server)


def say(at: str, entity_id: str, state: str, **attributes: Any) -> Said:
    """Return what an entity says at a local time."""
    return Said(ms(at) / 1000, entity_id, state, attributes)


def source_of(
    place: InfluxPlace, *entities: EntityInfo, now: str = NOW, **more: Any
) -> InfluxSource:
    """Return a source over what is written, for a home with some entities."""
    home = Home(BERLIN, entities={each.entity_id: each for each in entities}, **more)
    return InfluxSource(Server(place), home, Scope(), ms(now))


@pytest.mark.parametrize("layout", LAYOUTS)
async def test_rows(
    hass: HomeAssistant, server: RunningInflux, place: InfluxPlace, layout: str
) -> None:
    """In each layout the same: what was set, whose it is, and when."""
    said = [
        say("2026-06-01 07:00", "light.kitchen", "off", friendly_name="Kitchen"),
        say("2026-06-01 22:00", "light.kitchen", "on", brightness=3),
        say("2026-06-02 00:00", "light.kitchen", "on", brightness=5),
        say("2026-06-02 07:00:00.123", "light.kitchen", "off"),
        say("2026-06-02 07:01", "binary_sensor.door", "on", device_class="door"),
        say("2026-06-02 08:00", "sensor.power", "21.5", unit_of_measurement="W"),
        say("2026-06-02 09:00", "person.anna", "not_home"),
        say("2026-06-02 10:00", "select.mode", 'a, b = "c" \\ d\'é'),
        say("2026-06-02 23:59:59.999", "person.anna", "Grandma's house"),
        say("2026-06-03 00:00", "person.anna", "home"),
    ]
    await async_write(hass, server, place, said, **LAYOUTS[layout])
    raw = await hass.async_add_executor_job(source_of(place).read, TUESDAY)
    assert sorted(rows_of(raw)) == [
        ("binary_sensor.door", "on", 7 * HOUR + 60_000),
        ("light.kitchen", "off", 7 * HOUR + 123),
        ("light.kitchen", "on", 0),
        ("person.anna", "Grandma's house", 24 * HOUR - 1),
        ("person.anna", "not_home", 9 * HOUR),
        ("select.mode", 'a, b = "c" \\ d\'é', 10 * HOUR),
    ]
    assert carried_of(raw)["light.kitchen"] == "on"
    assert carried_of(raw)["person.anna"] is None


async def test_numbers(
    hass: HomeAssistant, server: RunningInflux, place: InfluxPlace
) -> None:
    """Of a state that reads as a number only that is kept; its text is found again."""
    said = [
        say("2026-06-02 01:00", "input_number.level", "21.0"),
        say("2026-06-02 02:00", "input_number.level", "20.25"),
        say("2026-06-02 03:00", "number.speed", "3"),
        say("2026-06-02 04:00", "select.minutes", "030"),
        say("2026-06-02 05:00", "select.minutes", "on"),
        say("2026-06-02 06:00", "sensor.stage", "2"),
        say("2026-06-02 07:00", "sensor.stage", "done"),
        say("2026-06-02 08:00", "sensor.power", "3.5"),
        say("2026-06-02 09:00", "sensor.power", "waiting"),
        say("2026-06-03 08:00", "person.anna", "home"),
    ]
    await async_write(hass, server, place, said)
    home = Home(
        BERLIN,
        entities={
            each.entity_id: each
            for each in (
                EntityInfo("input_number.level"),
                EntityInfo("number.speed"),
                EntityInfo("select.minutes", options=("015", "030", "on")),
                EntityInfo("sensor.stage", device_class="enum", options=("2", "done")),
                EntityInfo("sensor.power"),
            )
        },
    )
    source = InfluxSource(Server(place), home, Scope(), ms(NOW), {"number.speed"})
    raw = await hass.async_add_executor_job(source.read, TUESDAY)
    assert sorted(rows_of(raw)) == [
        ("input_number.level", "20.25", 2 * HOUR),
        ("input_number.level", "21.0", HOUR),
        ("number.speed", "3", 3 * HOUR),
        ("select.minutes", "030", 4 * HOUR),
        ("select.minutes", "on", 5 * HOUR),
        ("sensor.stage", "2", 6 * HOUR),
        ("sensor.stage", "done", 7 * HOUR),
    ]
    after = await hass.async_add_executor_job(source.read, date(2026, 6, 3))
    assert carried_of(after) == {
        "input_number.level": "20.25",
        "number.speed": "3",
        "person.anna": None,
        "select.minutes": "on",
        "sensor.stage": "done",
    }
    learned = {"number.speed": "4", "select.minutes": "unavailable", "light.new": "on"}
    after = await hass.async_add_executor_job(source.read, date(2026, 6, 3), learned)
    assert carried_of(after) == {
        "light.new": "on",
        "number.speed": "4",
        "person.anna": None,
    }


async def test_what_it_cannot_tell(
    hass: HomeAssistant, server: RunningInflux, place: InfluxPlace
) -> None:
    """Neither who did it, nor that something was away: none of it is written."""
    anna = Context(user_id="a" * 32)
    light = "light.kitchen"
    said = [
        Said(ms("2026-06-02 07:00") / 1000, light, "off", {}, anna),
        Said(ms("2026-06-02 08:00") / 1000, light, "on", {}, Context(parent_id="p")),
        say("2026-06-02 09:00", light, "unavailable"),
        say("2026-06-02 10:00", light, "off"),
        say("2026-06-02 11:00", light, "unknown"),
    ]
    await async_write(hass, server, place, said)
    raw = await hass.async_add_executor_job(source_of(place).read, TUESDAY)
    assert rows_of(raw) == [
        (light, "off", 7 * HOUR),
        (light, "on", 8 * HOUR),
        (light, "off", 10 * HOUR),
    ]
    assert raw.cause.tolist() == [PHYSICAL, PHYSICAL, PHYSICAL]


async def test_entities_come_and_go(
    hass: HomeAssistant, server: RunningInflux, place: InfluxPlace
) -> None:
    """Renamed, removed, of a kind that says nothing of people, or left out."""
    said = [
        say("2026-06-01 07:00", "light.old", "on"),
        say("2026-06-01 07:00", "light.thrown_away", "on"),
        say("2026-06-01 08:00", "binary_sensor.gone", "on", device_class="battery"),
        say("2026-06-01 08:00", "light.hidden", "on"),
        say("2026-06-01 08:00", "light.silent", "on"),
        say("2026-06-02 09:00", "light.new", "off"),
        say("2026-06-02 10:00", "automation.a", "on"),
    ]
    await async_write(hass, server, place, said)
    known = (
        EntityInfo("light.new"),
        EntityInfo("light.hidden", hidden=True),
        EntityInfo("light.silent"),
    )
    source = source_of(place, *known, aliases={"light.old": "light.new"})
    monday = await hass.async_add_executor_job(source.read, MONDAY)
    assert rows_of(monday) == [
        ("light.new", "on", 7 * HOUR),
        ("light.silent", "on", 8 * HOUR),
        ("light.thrown_away", "on", 7 * HOUR),
    ]
    tuesday = await hass.async_add_executor_job(source.read, TUESDAY)
    assert rows_of(tuesday) == [("light.new", "off", 9 * HOUR)]
    assert carried_of(tuesday) == {"light.new": "on", "light.silent": "on"}


async def test_days(
    hass: HomeAssistant, server: RunningInflux, place: InfluxPlace
) -> None:
    """From the first whole day to the last; a week of silence is nobody's past."""
    source = source_of(place)
    assert await hass.async_add_executor_job(source.extent) is None
    assert await hass.async_add_executor_job(source.silent) == ()
    said = [
        say("2026-06-01 15:00", "light.kitchen", "on"),
        say("2026-06-02 01:00", "light.kitchen", "off"),
        say("2026-06-09 23:00", "light.kitchen", "on"),
        say("2026-06-17 23:00", "light.kitchen", "off"),
        say("2026-06-20 22:59", "light.kitchen", "on"),
        say("2026-12-24 22:59", "light.kitchen", "on"),
    ]
    await async_write(hass, server, place, said)
    source = source_of(place)
    assert await hass.async_add_executor_job(source.extent) == (
        TUESDAY,
        date(2026, 6, 19),
    )
    silent = await hass.async_add_executor_job(source.silent)
    # From the 3rd to the 8th are six days only.
    assert sorted(silent) == [*days_between(date(2026, 6, 10), date(2026, 6, 16))]
    raw = await hass.async_add_executor_job(source.read, MONDAY)
    assert raw.recorded == ((ms("2026-06-01 15:00"), raw.end),)
    raw = await hass.async_add_executor_job(source.read, date(2026, 6, 20))
    assert raw.recorded == ((raw.start, ms("2026-06-20 22:59") + 1),)


async def test_silence(
    hass: HomeAssistant, server: RunningInflux, place: InfluxPlace
) -> None:
    """An hour without any measurement, where there always are some, is not recorded."""
    begin, night = ms("2026-06-03 00:00"), ms("2026-06-05 02:00")
    measured = [
        Said(at / 1000, "sensor.power", str(n), {"unit_of_measurement": "W"})
        for n, at in enumerate(range(begin, ms("2026-06-06 00:10"), 5 * 60_000))
        if not night < at < night + 3 * HOUR
    ]
    said = [
        say("2026-06-03 00:00", "light.kitchen", "off"),
        say("2026-06-05 04:17", "light.kitchen", "on"),
    ]
    said = sorted([*said, *measured], key=lambda each: each.at)
    await async_write(hass, server, place, said)
    source = source_of(place)
    usual = await hass.async_add_executor_job(source.read, date(2026, 6, 4))
    assert usual.recorded == ((usual.start, usual.end),)
    odd = await hass.async_add_executor_job(source.read, date(2026, 6, 5))
    # Bins of five minutes: the last measurement is of 02:00, then the light at 04:17.
    assert odd.recorded == (
        (odd.start, ms("2026-06-05 02:05")),
        (ms("2026-06-05 04:15"), odd.end),
    )


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("server", ["2.7"], indirect=True)
async def test_silence_when_the_clocks_change(
    hass: HomeAssistant, server: RunningInflux, place: InfluxPlace
) -> None:
    """A day of 25 hours is held against others by the clock, to its last hour."""
    begin, evening = ms("2026-10-23 00:00"), ms("2026-10-25 23:00")
    measured = [
        Said(at / 1000, "sensor.power", str(n), {"unit_of_measurement": "W"})
        for n, at in enumerate(range(begin, ms("2026-10-27 00:00"), 5 * 60_000))
        if not evening <= at < evening + HOUR
    ]
    await async_write(hass, server, place, measured)
    source = source_of(place)
    raw = await hass.async_add_executor_job(source.read, date(2026, 10, 25))
    assert raw.end - raw.start == 25 * HOUR
    assert raw.recorded == ((raw.start, evening),)


async def test_silence_without_sensors(
    hass: HomeAssistant, server: RunningInflux, place: InfluxPlace
) -> None:
    """Where nothing measures, a quiet day says nothing."""
    said = [
        say(f"2026-06-0{day} {hour}:00", "light.kitchen", state)
        for day in range(1, 8)
        for hour, state in (("07", "on"), ("22", "off"))
        if day != 6
    ]
    await async_write(hass, server, place, said)
    source = source_of(place)
    raw = await hass.async_add_executor_job(source.read, date(2026, 6, 6))
    assert raw.recorded == ((raw.start, raw.end),)
    assert raw.rows == 0


def all_of(raw: RawDay) -> tuple[object, ...]:
    """Return all that was read of a day, told by names."""
    readings = raw.readings
    measured = zip(
        [readings.entities[number] for number in readings.entity.tolist()],
        readings.instant.tolist(),
        readings.value.tolist(),
        strict=True,
    )
    carried = zip(readings.entities, map(str, readings.carried.tolist()), strict=True)
    return rows_of(raw), carried_of(raw), raw.recorded, [*measured], [*carried]


def times_read(asked: list[str]) -> int:
    """Return how often the texts of points were asked for."""
    return sum(each.startswith('SELECT "state"::string FROM') for each in asked)


@pytest.mark.parametrize(("at_once", "times"), [(200_000, 3), (20, 10)])
async def test_days_in_a_row(
    hass: HomeAssistant,
    server: RunningInflux,
    place: InfluxPlace,
    monkeypatch: pytest.MonkeyPatch,
    at_once: int,
    times: int,
) -> None:
    """Some are asked for at once; each is as if it had been asked for alone.

    The first one is, for more may not be wanted, and then a week at a time. Where but
    20 points may be held, days of ten by twos; three turn out to be too many once.
    """
    monkeypatch.setattr(stretch, "ROWS_AT_ONCE", at_once)
    # Clocks are changed on the 29th.
    days = list(days_between(date(2026, 3, 23), date(2026, 4, 6)))
    degrees = {"unit_of_measurement": "°C", "device_class": "temperature"}
    clocks = ("00:00", "07:00:00.123", "12:00", "23:59:59.9996")
    said = [
        say(f"{day} {clock}", entity_id, state, **attributes)
        for number, day in enumerate(days)
        for at, clock in enumerate(clocks)
        for entity_id, state, attributes, often in (
            ("light.kitchen", ("off", "on")[(number + at) % 2], {}, True),
            ("select.mode", f"{day.day % 3}", {}, day.day % 4),
            ("sensor.outdoor", f"{number}.{at}", degrees, day.day % 5),
            ("sensor.cellar", "7.5", degrees, number < 2),
        )
        if often
    ]
    await async_write(hass, server, place, said)
    known = [
        EntityInfo(name, device_class="temperature")
        for name in ("sensor.outdoor", "sensor.cellar")
    ]

    def read(days: Iterable[date]) -> dict[date, tuple[object, ...]]:
        source = source_of(place, *known)
        return {day: all_of(source.read(day)) for day in days}

    asked = []
    ask = Server.ask

    def noting(self: Server, take: Any, query: str, values: Any = None) -> Any:
        asked.append(query)
        return ask(self, take, query, values)

    monkeypatch.setattr(Server, "ask", noting)
    backwards = await hass.async_add_executor_job(read, days[::-1])
    assert times_read(asked) == len(days)
    asked.clear()
    assert await hass.async_add_executor_job(read, days) == backwards
    assert times_read(asked) == times
