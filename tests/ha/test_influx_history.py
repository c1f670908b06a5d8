"""Learning the history that lies in InfluxDB, by the config flow and on request."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
import threading
from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pattern_intelligence.const import DOMAIN
from custom_components.pattern_intelligence.engine.rawday import RawDay
from custom_components.pattern_intelligence.sources.influx.place import InfluxPlace
from custom_components.pattern_intelligence.sources.influx.server import Server
from custom_components.pattern_intelligence.sources.influx.source import InfluxSource
from custom_components.pattern_intelligence.stores.base import Layer, LearnedDay
from custom_components.pattern_intelligence.stores.kept_tables import read_tables
from scripts.tools.influx_server import RunningInflux
from tests.stores.influx_servers import VERSIONS, Servers

from .common import async_call, async_learned, async_set_up, shown
from .core_influxdb import Said, async_write, core_data, new_bucket
from .history import DOOR, Row, async_purge, async_record, at, days, household
from .taps import DayTap, Hold

pytestmark = pytest.mark.freeze_time("2026-03-02 11:00:00+00:00")

YESTERDAY = date(2026, 3, 1)
BEGIN = date(2026, 2, 16)
"""Two weeks are in InfluxDB, and the recorder has kept the last four days of them."""
SINCE = date(2026, 2, 26)


@pytest.fixture(params=["2.7"])
def server(
    request: pytest.FixtureRequest, influx_servers: Servers, socket_enabled: None
) -> RunningInflux:
    """Return a real server, of the newest kind if nothing else is asked for."""
    return influx_servers.get(request.param)


@pytest.fixture
async def place(hass: HomeAssistant, server: RunningInflux) -> InfluxPlace:
    """Return where the history of a household lies."""
    place = new_bucket(server)
    rows = household(days(BEGIN, 14))
    said = [Said(row.at.timestamp(), row.entity_id, row.state) for row in rows]
    # What is told first and last in a day makes it a whole one.
    said += [
        Said(at(day, clock).timestamp(), "sensor.light", lux)
        for day in days(BEGIN, 14)
        for clock, lux in (("00:10", "0"), ("23:50", "1"))
    ]
    await async_write(hass, server, place, sorted(said, key=lambda each: each.at))
    await async_purge(hass, at(SINCE, "00:00"))
    return place


def add_core_entry(
    hass: HomeAssistant, server: RunningInflux, place: InfluxPlace, **data: Any
) -> MockConfigEntry:
    """Have Home Assistant's own integration set up, though not loaded."""
    entry = MockConfigEntry(domain="influxdb", data=core_data(server, place) | data)
    entry.add_to_hass(hass)
    return entry


async def async_to_history(hass: HomeAssistant) -> dict[str, Any]:
    """Answer the first step of the config flow; return the next one."""
    flow = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    return dict(
        await hass.config_entries.flow.async_configure(
            flow["flow_id"], {"store": "built_in"}
        )
    )


async def async_finish(
    hass: HomeAssistant, flow_id: str, where: str
) -> MockConfigEntry:
    """Answer where the history lies, and leave nothing out."""
    form = await hass.config_entries.flow.async_configure(flow_id, {"history": where})
    assert form["step_id"] == "scope"
    done = await hass.config_entries.flow.async_configure(flow_id, {})
    await async_learned(hass)
    entry: MockConfigEntry = done["result"]
    return entry


@pytest.mark.parametrize("server", VERSIONS, indirect=True)
async def test_chosen_in_the_config_flow(
    hass: HomeAssistant, server: RunningInflux, place: InfluxPlace, written: DayTap
) -> None:
    """What the recorder holds is there at once; then all is learned, in order."""
    add_core_entry(hass, server, place)
    form = await async_to_history(hass)
    assert form["step_id"] == "history"
    assert form["description_placeholders"] == {
        "url": server.url,
        "bucket": place.bucket,
        "error": "",
    }
    entry = await async_finish(hass, form["flow_id"], "influxdb")
    assert entry.data == {"store": "built_in", "history": "influxdb"}
    assert written.days == [*days(SINCE, 4), *days(BEGIN, 14)]
    assert shown(hass, "days_learned") == "14"
    home = (await async_call(hass, "get_patterns"))["home"]
    assert home["first_day"] == BEGIN.isoformat()
    assert home["causes_since"] == SINCE.isoformat()
    # It is done once.
    assert await hass.config_entries.async_reload(entry.entry_id)
    await async_learned(hass)
    assert len(written.days) == 18


async def test_the_recorder_alone(
    hass: HomeAssistant, server: RunningInflux, place: InfluxPlace, written: DayTap
) -> None:
    """Whoever does not want it is asked nothing more."""
    add_core_entry(hass, server, place)
    form = await async_to_history(hass)
    entry = await async_finish(hass, form["flow_id"], "recorder")
    assert entry.data == {"store": "built_in"}
    assert written.days == days(SINCE, 4)
    home = (await async_call(hass, "get_patterns"))["home"]
    assert "causes_since" not in home


async def test_nothing_to_choose(hass: HomeAssistant) -> None:
    """Without Home Assistant's own integration there is no such step."""
    assert (await async_to_history(hass))["step_id"] == "scope"


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"bucket": "no such", "database": "no such"}, "no_states"),
        ({"token": "wrong", "password": "wrong"}, "invalid_auth"),
        (
            {"url": "http://127.0.0.1:1", "host": "127.0.0.1", "port": 1},
            "cannot_connect",
        ),
    ],
)
async def test_what_cannot_be_read(
    hass: HomeAssistant,
    server: RunningInflux,
    place: InfluxPlace,
    written: DayTap,
    wrong: dict[str, Any],
    key: str,
) -> None:
    """It is said what is wrong; the flow can be finished without it."""
    known = core_data(server, place)
    add_core_entry(
        hass, server, place, **{k: v for k, v in wrong.items() if k in known}
    )
    form = await async_to_history(hass)
    again = await hass.config_entries.flow.async_configure(
        form["flow_id"], {"history": "influxdb"}
    )
    assert again["errors"] == {"base": key}
    assert server.token not in str(again)
    await async_finish(hass, form["flow_id"], "recorder")
    assert len(written.days) == 4


async def test_on_request(
    hass: HomeAssistant, server: RunningInflux, place: InfluxPlace, written: DayTap
) -> None:
    """From a day on, learned anew; what is known counts meanwhile."""
    await async_set_up(hass)
    assert written.days == days(SINCE, 4)
    with pytest.raises(ServiceValidationError) as refused:
        await async_call(hass, "relearn", first_day="2026-02-20", source="influxdb")
    assert refused.value.translation_key == "no_influxdb"
    add_core_entry(hass, server, place)
    response = await async_call(
        hass, "relearn", first_day="2026-02-20", source="influxdb"
    )
    assert response == {"first_day": "2026-02-20", "last_day": "2026-03-01"}
    await async_learned(hass)
    assert written.days[4:] == days(date(2026, 2, 20), 10)
    assert shown(hass, "days_learned") == "10"


async def test_stopped_and_gone_on(
    hass: HomeAssistant, server: RunningInflux, place: InfluxPlace, written: DayTap
) -> None:
    """No day is learned twice, and none is left out."""
    entry = await async_set_up(hass)
    add_core_entry(hass, server, place)
    written.stop_before(date(2026, 2, 20))
    await async_call(hass, "relearn", first_day="2026-01-01", source="influxdb")
    await hass.async_add_executor_job(written.wait)
    written.release_soon()
    await hass.config_entries.async_unload(entry.entry_id)
    # The day under way was finished.
    assert written.days[4:] == days(BEGIN, 5)
    await hass.config_entries.async_setup(entry.entry_id)
    assert shown(hass, "days_learned") == "4"
    await async_learned(hass)
    assert written.days[4:] == days(BEGIN, 14)
    assert shown(hass, "days_learned") == "14"


async def test_the_server_is_away(
    hass: HomeAssistant,
    server: RunningInflux,
    place: InfluxPlace,
    written: DayTap,
    complaints: list[str],
) -> None:
    """What the recorder holds is learned all the same; the rest stays due."""
    away = {"url": "http://127.0.0.1:1"} if place.token else {"port": 1}
    core = add_core_entry(hass, server, place, **away)
    entry = MockConfigEntry(
        domain=DOMAIN,
        data={"store": "built_in", "history": "influxdb"},
        version=1,
        minor_version=2,
    )
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await async_learned(hass)
    assert written.days == days(SINCE, 4)
    assert shown(hass, "status") == "error"
    assert shown(hass, "days_learned") == "4"
    assert any("not reachable" in each for each in complaints)
    complaints.clear()
    hass.config_entries.async_update_entry(core, data=core_data(server, place))
    await async_call(hass, "run_analysis")
    assert written.days[4:] == days(BEGIN, 14)
    assert shown(hass, "status") == "idle"


async def test_forgotten_before_it_was_begun(
    hass: HomeAssistant, server: RunningInflux, place: InfluxPlace, written: DayTap
) -> None:
    """What is forgotten does not come back from there."""
    add_core_entry(hass, server, place)
    flow_id = (await async_to_history(hass))["flow_id"]
    await hass.config_entries.flow.async_configure(flow_id, {"history": "influxdb"})
    written.stop_before(SINCE)
    await hass.config_entries.flow.async_configure(flow_id, {})
    await hass.async_add_executor_job(written.wait)
    written.release_soon()
    await async_call(hass, "forget", everything=True)
    await async_learned(hass)
    assert written.days == [SINCE]
    assert shown(hass, "days_learned") == "0"


async def test_chosen_again(
    hass: HomeAssistant, server: RunningInflux, place: InfluxPlace, written: DayTap
) -> None:
    """Removed, and its data kept: who sets it up again and chooses this, gets it."""
    add_core_entry(hass, server, place)
    flow_id = (await async_to_history(hass))["flow_id"]
    entry = await async_finish(hass, flow_id, "influxdb")
    await async_call(hass, "forget", everything=True)
    options = {"storage": {"keep_data": True}}
    hass.config_entries.async_update_entry(entry, options=options)
    await hass.config_entries.async_remove(entry.entry_id)
    written.days.clear()
    flow_id = (await async_to_history(hass))["flow_id"]
    await async_finish(hass, flow_id, "influxdb")
    assert written.days == days(BEGIN, 14)
    assert shown(hass, "days_learned") == "14"


async def test_not_chosen_again(
    hass: HomeAssistant, server: RunningInflux, place: InfluxPlace, written: DayTap
) -> None:
    """Removed while it learned: who chooses the recorder keeps what was known."""
    add_core_entry(hass, server, place)
    flow_id = (await async_to_history(hass))["flow_id"]
    await hass.config_entries.flow.async_configure(flow_id, {"history": "influxdb"})
    written.stop_before(date(2026, 2, 20))
    done = await hass.config_entries.flow.async_configure(flow_id, {})
    await hass.async_add_executor_job(written.wait)
    written.release_soon()
    options = {"storage": {"keep_data": True}}
    hass.config_entries.async_update_entry(done["result"], options=options)
    await hass.config_entries.async_remove(done["result"].entry_id)
    written.days.clear()
    flow_id = (await async_to_history(hass))["flow_id"]
    await async_finish(hass, flow_id, "recorder")
    assert written.days == []
    assert shown(hass, "days_learned") == "4"


async def test_the_recorder_s_executor_is_left_alone(
    hass: HomeAssistant,
    server: RunningInflux,
    place: InfluxPlace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A server may be silent for long: the recorder's threads never wait for it."""
    asking: set[str] = set()
    ask = Server.ask

    def asked(*args: Any, **more: Any) -> Any:
        asking.add(threading.current_thread().name)
        return ask(*args, **more)

    monkeypatch.setattr(Server, "ask", asked)
    add_core_entry(hass, server, place)
    flow_id = (await async_to_history(hass))["flow_id"]
    await async_finish(hass, flow_id, "influxdb")
    assert shown(hass, "days_learned") == "14"
    assert asking
    assert not [name for name in asking if name.startswith("DbWorker")]


OUTAGE = days(date(2026, 2, 19), 3)
"""Too few days without a point to be no part of the home's past."""


async def _async_away(
    hass: HomeAssistant, server: RunningInflux, away: Collection[date]
) -> InfluxPlace:
    """Write two weeks, but for the days on which the server was away."""
    place = new_bucket(server)
    said = [
        Said(row.at.timestamp(), row.entity_id, row.state)
        for row in household(days(BEGIN, 14))
        if row.at.date() not in away
    ]
    await async_write(hass, server, place, sorted(said, key=lambda each: each.at))
    return place


async def _async_known(
    hass: HomeAssistant, server: RunningInflux, away: Collection[date]
) -> MockConfigEntry:
    """Know two weeks, of which the recorder has kept four days, and InfluxDB most."""
    place = await _async_away(hass, server, away)
    await async_purge(hass, at(YESTERDAY, "23:59"))
    await async_record(hass, household(days(BEGIN, 14)))
    entry = await async_set_up(hass)
    assert shown(hass, "days_learned") == "14"
    await async_purge(hass, at(SINCE, "00:00"))
    add_core_entry(hass, server, place)
    return entry


def _tables(entry: MockConfigEntry, known: Collection[date]) -> list[str]:
    """Return what is kept of days, in a form that can be compared."""
    store = entry.runtime_data.parts.storage.built_in
    return [repr(read_tables(store, Layer.DAILY, day)) for day in known]


async def _async_relearn(hass: HomeAssistant, first: date, **more: Any) -> None:
    """Have all be learned from InfluxDB, and wait for it."""
    await async_call(
        hass, "relearn", first_day=first.isoformat(), source="influxdb", **more
    )
    await async_learned(hass)


async def test_days_that_were_not_written_there(
    hass: HomeAssistant, server: RunningInflux
) -> None:
    """What is known of them is taken along: the server was away, and says nothing."""
    entry = await _async_known(hass, server, OUTAGE)
    before = _tables(entry, OUTAGE)
    await _async_relearn(hass, BEGIN, read_again=True)
    assert shown(hass, "days_learned") == "14"
    assert _tables(entry, OUTAGE) == before
    home = (await async_call(hass, "get_patterns"))["home"]
    assert home["causes_since"] == SINCE.isoformat()


async def test_what_is_known_is_not_replaced_by_less(
    hass: HomeAssistant, server: RunningInflux
) -> None:
    """InfluxDB does not tell who did it, nor all of a day: it adds days, unless asked."""
    known = days(BEGIN + timedelta(4), 10)
    place = await _async_away(hass, server, ())
    await async_purge(hass, at(YESTERDAY, "23:59"))
    # The recorder saw more than InfluxDB was told.
    rows = household(known)
    more = [
        Row(row.at, "light.hall", row.state) for row in rows if row.entity_id == DOOR
    ]
    await async_record(hass, sorted([*rows, *more], key=lambda row: row.at))
    entry = await async_set_up(hass)
    before = _tables(entry, known)
    await async_purge(hass, at(SINCE, "00:00"))
    add_core_entry(hass, server, place)
    await _async_relearn(hass, BEGIN)
    assert shown(hass, "days_learned") == "14"
    assert _tables(entry, known) == before
    home = (await async_call(hass, "get_patterns"))["home"]
    assert home["causes_since"] == known[0].isoformat()

    await _async_relearn(hass, BEGIN, read_again=True)
    after = _tables(entry, known)
    assert not any(a == b for a, b in zip(after[:6], before[:6], strict=True))
    # What is carried into the first day of the recorder is told by InfluxDB now.
    assert after[7:] == before[7:]
    home = (await async_call(hass, "get_patterns"))["home"]
    assert home["causes_since"] == SINCE.isoformat()


async def test_known_from_before_what_was_asked_for(
    hass: HomeAssistant, server: RunningInflux, written: DayTap
) -> None:
    """It stays, also where InfluxDB begins later; what lies between is added."""
    known = [*days(BEGIN - timedelta(9), 4), *days(SINCE, 4)]
    place = await _async_away(hass, server, ())
    await async_purge(hass, at(YESTERDAY, "23:59"))
    await async_record(hass, household(known[:4]))
    entry = await async_set_up(hass)
    await async_record(hass, household(known[4:]))
    await async_call(hass, "run_analysis")
    assert written.days == known
    before = _tables(entry, known)
    await async_purge(hass, at(SINCE, "00:00"))
    add_core_entry(hass, server, place)
    await _async_relearn(hass, SINCE)
    assert written.days[8:] == [*known[:4], *days(BEGIN, 14)]
    assert _tables(entry, known) == before


async def test_sums_of_days_that_were_not_written_there(
    hass: HomeAssistant, server: RunningInflux
) -> None:
    """A person is asked about them, however few they are."""
    place = await _async_away(hass, server, OUTAGE)
    await async_purge(hass, at(SINCE, "00:00"))
    entry = await async_set_up(hass)
    store = entry.runtime_data.parts.storage.built_in
    marks = [LearnedDay(day, 9, 3) for day in days(BEGIN, 10)]
    await hass.async_add_executor_job(store.write_marks, marks)
    add_core_entry(hass, server, place)
    with pytest.raises(ServiceValidationError) as refused:
        await _async_relearn(hass, BEGIN)
    assert refused.value.translation_key == "days_lost"
    assert refused.value.translation_placeholders == {
        "count": "3",
        "first": OUTAGE[0].isoformat(),
        "last": OUTAGE[-1].isoformat(),
    }


async def test_the_recorder_was_away(
    hass: HomeAssistant, server: RunningInflux
) -> None:
    """Days amid its own of which it holds nothing are told by InfluxDB."""
    place = await _async_away(hass, server, ())
    await async_purge(hass, at(YESTERDAY, "23:59"))
    rows = [row for row in household(days(BEGIN, 14)) if row.at.date() not in OUTAGE]
    await async_record(hass, rows)
    entry = await async_set_up(hass)
    store = entry.runtime_data.parts.storage.built_in
    add_core_entry(hass, server, place)
    await _async_relearn(hass, BEGIN)
    learned = await hass.async_add_executor_job(store.learned)
    assert [mark.day for mark in learned] == days(BEGIN, 14)
    # Sixteen changes a day; that nothing changed at midnight is not written.
    assert [mark.rows for mark in learned if mark.day in OUTAGE] == [16, 16, 16]
    home = (await async_call(hass, "get_patterns"))["home"]
    assert home["causes_since"] == (OUTAGE[-1] + timedelta(1)).isoformat()


async def test_nothing_is_recorded(
    hass: HomeAssistant, server: RunningInflux, written: DayTap
) -> None:
    """Of no day at all it is known who did what."""
    place = await _async_away(hass, server, ())
    await async_purge(hass, at(YESTERDAY + timedelta(1), "23:59"))
    add_core_entry(hass, server, place)
    flow_id = (await async_to_history(hass))["flow_id"]
    await async_finish(hass, flow_id, "influxdb")
    # Nothing is written of the last hour of yesterday, so it is not whole.
    assert written.days == days(BEGIN, 13)
    home = (await async_call(hass, "get_patterns"))["home"]
    assert home["causes_since"] == YESTERDAY.isoformat()


async def test_nobody_waits_for_the_server(
    hass: HomeAssistant,
    server: RunningInflux,
    place: InfluxPlace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While it is silent, all else that needs what is known goes on."""
    entry = await async_set_up(hass)
    silent, read = Hold(), InfluxSource.read

    def slow(source: InfluxSource, day: date, carried: Mapping[str, str]) -> RawDay:
        if day == BEGIN:
            silent.stop()
        return read(source, day, carried)

    monkeypatch.setattr(InfluxSource, "read", slow)
    add_core_entry(hass, server, place)
    await async_call(hass, "relearn", first_day=BEGIN.isoformat(), source="influxdb")
    await hass.async_add_executor_job(silent.wait)
    gate = entry.runtime_data.parts.gate
    assert await gate.async_run(lambda: "through") == "through"
    silent.release()
    await async_learned(hass)
    assert shown(hass, "days_learned") == "14"
