"""Moving what is learned to another store, and back."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
import json
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import instance_id, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pattern_intelligence import move_flow
from custom_components.pattern_intelligence.const import CONF_MOVE, DOMAIN
from custom_components.pattern_intelligence.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.pattern_intelligence.move_data import name_of
from custom_components.pattern_intelligence.repairs import (
    MoveFlow,
    async_create_fix_flow,
)
from custom_components.pattern_intelligence.storage import moving_path
from custom_components.pattern_intelligence.stores.base import StoreUnavailableError
from custom_components.pattern_intelligence.stores.copying import MOVE, MoveMark, Stage
from custom_components.pattern_intelligence.stores.influx import link
from custom_components.pattern_intelligence.stores.influx.address import InfluxAddress
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore
from tests.stores.influx_servers import (
    VERSIONS,
    Servers,
    address_of,
    make_buckets,
    raw_points,
)
from tests.stores.proxy import answer, proxied

from .common import (
    async_call,
    async_clock,
    async_learned,
    async_set_up,
    attribute,
    shown,
    store_file,
)
from .history import async_purge, async_record, days, household
from .influx_forms import form_of, kind_of, store_of

TODAY = datetime.now(UTC).date()
"""A server goes by its own clock, so history is that of the days before now."""


@pytest.fixture(autouse=True)
def _now(freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    freezer.move_to(datetime.combine(TODAY, time(11), UTC))
    monkeypatch.setattr(link, "PAUSES_S", (0.01, 0.01))


@pytest.fixture
def servers(socket_enabled: None, influx_servers: Servers) -> dict[str, InfluxAddress]:
    """Return a real server of each kind, where nothing is made yet."""
    return {
        version: replace(
            address_of(influx_servers.get(version)), prefix=f"mv_{uuid4().hex[:8]}"
        )
        for version in VERSIONS
    }


async def _async_menu(
    hass: HomeAssistant, entry: MockConfigEntry, address: InfluxAddress | None
) -> dict[str, Any]:
    """Reconfigure, name another store, and return the menu that is shown then."""
    form = await entry.start_reconfigure_flow(hass)
    assert form["step_id"] == "reconfigure"
    kind = "built_in" if address is None else kind_of(address)
    form = await hass.config_entries.flow.async_configure(
        form["flow_id"], {"store": kind}
    )
    if address is not None:
        form = await hass.config_entries.flow.async_configure(
            form["flow_id"], form_of(address)
        )
    assert form["type"] is FlowResultType.MENU
    assert form["step_id"] == "other_store"
    return dict(form)


async def _async_choose(
    hass: HomeAssistant, form: dict[str, Any], choice: str
) -> dict[str, Any]:
    return dict(
        await hass.config_entries.flow.async_configure(
            form["flow_id"], {"next_step_id": choice}
        )
    )


async def _async_household(hass: HomeAssistant) -> MockConfigEntry:
    await async_record(hass, household(days(TODAY - timedelta(16), 16)))
    return await async_set_up(hass)


async def _async_known(hass: HomeAssistant) -> dict[str, Any]:
    found = await async_call(hass, "get_patterns")
    return {key: found[key] for key in ("patterns", "home", "track_record")}


async def test_there_and_back(
    hass: HomeAssistant, servers: dict[str, InfluxAddress]
) -> None:
    """From the built-in store to one server, to the other, and home again."""
    entry = await _async_household(hass)
    known = await _async_known(hass)
    assert known["patterns"]
    await async_call(hass, "accept_pattern", pattern_id=known["patterns"][0]["id"])
    known = await _async_known(hass)
    home = await instance_id.async_get(hass)
    old: InfluxAddress | None = None
    for new in (servers["2.7"], servers["1.8"], None):
        form = await _async_menu(hass, entry, new)
        shows = await _async_choose(hass, form, "take_along")
        assert shows["type"] is FlowResultType.SHOW_PROGRESS
        assert shows["progress_action"] == "moving"
        await async_learned(hass)
        done = await hass.config_entries.flow.async_configure(form["flow_id"])
        assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "moved")
        await async_learned(hass)
        assert entry.data == store_of(new)
        assert shown(hass, "status") == "idle"
        assert shown(hass, "days_learned") == "16"
        assert await _async_known(hass) == known
        await async_call(hass, "run_analysis")
        assert await _async_known(hass) == known
        assert not moving_path(store_file(hass)).exists()
        if old is not None:
            assert await hass.async_add_executor_job(raw_points, old, home) == {}
        built_in = entry.runtime_data.parts.storage.built_in
        learned = await hass.async_add_executor_job(built_in.learned)
        assert len(learned) == (16 if new is None else 0)
        old = new


async def test_closing_the_dialog_changes_nothing(
    hass: HomeAssistant, servers: dict[str, InfluxAddress]
) -> None:
    """It goes on; while it does, nobody asks for yet another store."""
    entry = await _async_household(hass)
    known = await _async_known(hass)
    form = await _async_menu(hass, entry, servers["2.7"])
    await _async_choose(hass, form, "take_along")
    assert entry.data == store_of(None) | {"move": store_of(servers["2.7"])}
    hass.config_entries.flow.async_abort(form["flow_id"])
    again = await entry.start_reconfigure_flow(hass)
    assert (again["type"], again["step_id"]) == (FlowResultType.MENU, "under_way")
    shows = await _async_choose(hass, dict(again), "moving")
    assert shows["type"] is FlowResultType.SHOW_PROGRESS
    await async_learned(hass)
    assert entry.data == store_of(servers["2.7"])
    assert await _async_known(hass) == known


async def test_a_server_that_is_away(
    hass: HomeAssistant,
    servers: dict[str, InfluxAddress],
    freezer: FrozenDateTimeFactory,
    complaints: list[str],
) -> None:
    """Days are learned where all is; when it is there, all is moved, these too."""
    entry = await _async_household(hass)
    home = await instance_id.async_get(hass)
    with proxied(servers["2.7"].url) as proxy:
        address = replace(servers["2.7"], url=proxy.url)
        form = await _async_menu(hass, entry, address)
        proxy.cut(requests=20_000)
        proxy.canned = [answer("503 Service Unavailable", "{}")] * 9
        await _async_choose(hass, form, "take_along")
        await async_learned(hass)
        told = await hass.config_entries.flow.async_configure(form["flow_id"])
    assert (told["type"], told["reason"]) == (FlowResultType.ABORT, "move_held_up")
    assert (told["description_placeholders"] or {})["error"]
    assert shown(hass, "status") == "error"
    assert "Moving is held up" in attribute(hass, "status", "message")
    night = TODAY + timedelta(1)
    await async_record(hass, household(days(TODAY, 1)))
    await async_clock(hass, freezer, f"{night}T03:06:00+00:00")
    assert shown(hass, "days_learned") == "17"
    assert entry.data == store_of(None) | {"move": store_of(address)}
    for secret in (address.token, address.url):
        assert secret not in json.dumps(
            await async_get_config_entry_diagnostics(hass, entry)
        )
    known = await _async_known(hass)
    port = int(proxy.url.rpartition(":")[2])
    with proxied(servers["2.7"].url, port):
        await async_clock(hass, freezer, f"{night}T05:00:00+00:00")
        await async_learned(hass)
        assert entry.data == store_of(address)
        assert shown(hass, "status") == "idle"
        assert shown(hass, "days_learned") == "17"
        assert await _async_known(hass) == known
        await hass.config_entries.async_remove(entry.entry_id)
    left = await hass.async_add_executor_job(raw_points, servers["2.7"], home)
    assert left == {}
    complaints.clear()


async def test_called_off(
    hass: HomeAssistant, servers: dict[str, InfluxAddress], complaints: list[str]
) -> None:
    """All is as it was, and nothing of it is left on the server."""
    entry = await _async_household(hass)
    known = await _async_known(hass)
    home = await instance_id.async_get(hass)
    address = servers["2.7"]
    form = await _async_menu(hass, entry, address)
    stop = SqliteStore.read_verdicts

    def fail(*_: object) -> None:
        raise StoreUnavailableError("it is locked")

    with patch.object(SqliteStore, "read_verdicts", fail):
        await _async_choose(hass, form, "take_along")
        await async_learned(hass)
    assert SqliteStore.read_verdicts is stop
    assert CONF_MOVE in entry.data
    menu = await entry.start_reconfigure_flow(hass)
    done = await _async_choose(hass, dict(menu), "call_off")
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "called_off")
    await async_learned(hass)
    assert entry.data == store_of(None)
    assert shown(hass, "status") == "idle"
    assert await _async_known(hass) == known
    assert await hass.async_add_executor_job(raw_points, address, home) == {}
    assert not moving_path(store_file(hass)).exists()
    complaints.clear()


async def test_learning_may_be_switched_off(
    hass: HomeAssistant, servers: dict[str, InfluxAddress]
) -> None:
    """A move is no learning."""
    entry = await _async_household(hass)
    switch = {"entity_id": "switch.pattern_intelligence_learning"}
    await hass.services.async_call("switch", "turn_off", switch, blocking=True)
    await async_record(hass, household(days(TODAY, 1)))
    form = await _async_menu(hass, entry, servers["1.8"])
    await _async_choose(hass, form, "take_along")
    await async_learned(hass)
    await async_learned(hass)
    assert entry.data == store_of(servers["1.8"])
    assert shown(hass, "status") == "switched_off"
    assert shown(hass, "days_learned") == "16"


async def _async_killed(
    hass: HomeAssistant, entry: MockConfigEntry, data: dict[str, Any]
) -> None:
    """Begin anew with what was saved of the entry."""
    await hass.config_entries.async_unload(entry.entry_id)
    hass.config_entries.async_update_entry(entry, data=data)
    await hass.config_entries.async_setup(entry.entry_id)
    await async_learned(hass)
    await async_learned(hass)


async def test_killed_before_the_entry_was_saved(
    hass: HomeAssistant, servers: dict[str, InfluxAddress]
) -> None:
    """Whatever was saved of the entry, all is in the new store and nothing is lost."""
    entry = await _async_household(hass)
    known = await _async_known(hass)
    here, there = store_of(None), store_of(servers["2.7"])
    before = here | {"move": there}
    form = await _async_menu(hass, entry, servers["2.7"])
    await _async_choose(hass, form, "take_along")
    await async_learned(hass)
    await async_learned(hass)
    for saved in (before, there | {"move": here}, there):
        await _async_killed(hass, entry, saved)
        assert entry.data == there
        assert await _async_known(hass) == known
        await async_call(hass, "run_analysis")
        assert await _async_known(hass) == known


async def test_killed_while_the_built_in_store_is_replaced(
    hass: HomeAssistant, servers: dict[str, InfluxAddress]
) -> None:
    """What was made beside it takes its place when it is next loaded."""
    entry = await _async_household(hass)
    known = await _async_known(hass)
    here, there = store_of(None), store_of(servers["2.7"])
    file = store_file(hass)
    await hass.config_entries.async_unload(entry.entry_id)

    def kill() -> None:
        """Leave what a move to the built-in store leaves, killed at its end."""
        made = moving_path(file)
        with closing(SqliteStore(file)) as built_in, closing(SqliteStore(made)) as new:
            new.adopt(file)
            new.write_text("report", built_in.read_text("report") or "")
            built_in.clear()
            mark = MoveMark(name_of(there), name_of(here), Stage.LET_GO)
            mark.keep(built_in)
            new.write_text(MOVE, mark.to_text())

    await hass.async_add_executor_job(kill)
    await hass.async_add_executor_job(make_buckets, servers["2.7"])
    await _async_killed(hass, entry, there | {"move": here})
    assert entry.data == here
    assert await _async_known(hass) == known
    assert shown(hass, "days_learned") == "16"
    assert not moving_path(file).exists()


@pytest.fixture(name="entry")
async def entry_fixture(hass: HomeAssistant) -> MockConfigEntry:
    """Return the entry of a home that has learned."""
    return await _async_household(hass)


@pytest.fixture(name="server")
def server_fixture(servers: dict[str, InfluxAddress]) -> InfluxAddress:
    """Return a server to move to."""
    return servers["2.7"]


def _full(*_args: object) -> None:
    raise StoreUnavailableError("the disk is full")


async def _async_held_up(
    hass: HomeAssistant, entry: MockConfigEntry, server: InfluxAddress
) -> dict[str, Any]:
    """Begin a move that does not come to its end, and return its dialog."""
    form = await _async_menu(hass, entry, server)
    with patch.object(SqliteStore, "read_verdicts", _full):
        await _async_choose(hass, form, "take_along")
        await async_learned(hass)
    assert CONF_MOVE in entry.data
    return form


def _ended(result: dict[str, Any]) -> str:
    assert result["type"] is FlowResultType.ABORT
    return str(result["reason"])


async def test_an_entry_that_is_not_loaded_has_nothing_to_take_along(
    hass: HomeAssistant, entry: MockConfigEntry, server: InfluxAddress
) -> None:
    """Nobody asks, and the store is changed."""
    await hass.config_entries.async_unload(entry.entry_id)
    form = await entry.start_reconfigure_flow(hass)
    form = await hass.config_entries.flow.async_configure(
        form["flow_id"], {"store": kind_of(server)}
    )
    done = await hass.config_entries.flow.async_configure(
        form["flow_id"], form_of(server)
    )
    assert _ended(dict(done)) == "reconfigure_successful"
    assert entry.data == store_of(server)
    await async_learned(hass)


async def test_unloaded_meanwhile(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: InfluxAddress,
    complaints: list[str],
) -> None:
    """Neither is anything moved then nor called off."""
    form = await _async_menu(hass, entry, server)
    await hass.config_entries.async_unload(entry.entry_id)
    done = await _async_choose(hass, form, "take_along")
    assert _ended(done) == "not_loaded"
    assert entry.data == store_of(None)

    await hass.config_entries.async_setup(entry.entry_id)
    await async_learned(hass)
    await _async_held_up(hass, entry, server)
    menu = await entry.start_reconfigure_flow(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    done = await _async_choose(hass, dict(menu), "call_off")
    assert _ended(done) == "not_loaded"
    assert CONF_MOVE in entry.data
    complaints.clear()


async def test_a_store_that_is_full(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: InfluxAddress,
    complaints: list[str],
) -> None:
    """What cannot be noted is not begun, and not called off."""
    form = await _async_menu(hass, entry, server)
    with patch.object(SqliteStore, "write_text", _full):
        done = await _async_choose(hass, form, "take_along")
        await async_learned(hass)
    assert _ended(done) == "move_held_up"
    assert done["description_placeholders"] == {"error": "the disk is full"}
    complaints.clear()

    await _async_held_up(hass, entry, server)
    menu = await entry.start_reconfigure_flow(hass)
    with patch.object(SqliteStore, "write_text", _full):
        done = await _async_choose(hass, dict(menu), "call_off")
    assert _ended(done) == "move_held_up"
    assert CONF_MOVE in entry.data
    await async_learned(hass)
    complaints.clear()


async def test_called_off_in_another_dialog(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: InfluxAddress,
    complaints: list[str],
) -> None:
    """Whoever watches hears of it."""
    watched = await _async_held_up(hass, entry, server)
    menu = await entry.start_reconfigure_flow(hass)
    done = await _async_choose(hass, dict(menu), "call_off")
    assert _ended(done) == "called_off"
    await async_learned(hass)
    done = dict(await hass.config_entries.flow.async_configure(watched["flow_id"]))
    assert _ended(done) == "called_off"
    complaints.clear()


async def test_watched_while_the_entry_cannot_be_loaded(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: InfluxAddress,
    monkeypatch: pytest.MonkeyPatch,
    complaints: list[str],
) -> None:
    """It is waited for as long as it may still be loaded, and no longer."""
    await _async_held_up(hass, entry, server)
    monkeypatch.setattr(move_flow, "_POLL_S", 0)
    menu = await entry.start_reconfigure_flow(hass)
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    shows = await _async_choose(hass, dict(menu), "moving")
    assert shows["type"] is FlowResultType.SHOW_PROGRESS
    store_file(hass).write_bytes(b"garbage" * 100)
    await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
    await hass.async_block_till_done()
    done = dict(await hass.config_entries.flow.async_configure(menu["flow_id"]))
    assert _ended(done) == "move_held_up"
    complaints.clear()


async def _async_days(hass: HomeAssistant, entry: MockConfigEntry) -> int:
    """Return how many days the store that counts holds."""
    store = entry.runtime_data.parts.storage.aggregates
    return len(await hass.async_add_executor_job(store.kept_days))


@pytest.mark.parametrize("reached", [True, False])
async def test_another_address_of_the_same_store(
    hass: HomeAssistant,
    servers: dict[str, InfluxAddress],
    complaints: list[str],
    *,
    reached: bool,
) -> None:
    """Nothing is deleted, neither then nor when it is called off."""
    address = servers["2.7"]
    with proxied(address.url) as proxy:
        old = replace(address, url=proxy.url)
        entry = await _async_household(hass)
        form = await _async_menu(hass, entry, old)
        await _async_choose(hass, form, "take_along")
        await async_learned(hass)
        await async_learned(hass)
        assert entry.data == store_of(old)
        known = await _async_known(hass)
        await async_purge(hass, datetime.combine(TODAY, time(0), UTC))
        if not reached:
            proxy.cut(requests=20_000)
            proxy.canned = [answer("503 Service Unavailable", "{}")] * 99
        form = await _async_menu(hass, entry, address)
        await _async_choose(hass, form, "take_along")
        await async_learned(hass)
        assert entry.data == store_of(old) | {"move": store_of(address)}
        menu = await entry.start_reconfigure_flow(hass)
        done = await _async_choose(hass, dict(menu), "call_off")
        assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "called_off")
        await async_learned(hass)
    form = await _async_menu(hass, entry, address)
    await _async_choose(hass, form, "begin_empty")
    await async_learned(hass)
    assert entry.data == store_of(address)
    await async_call(hass, "run_analysis")
    assert await _async_days(hass, entry) == 16
    assert await _async_known(hass) == known
    complaints.clear()


async def test_begun_in_two_dialogs(
    hass: HomeAssistant, servers: dict[str, InfluxAddress]
) -> None:
    """All is moved once: the second one is told of the first, or that it is done."""
    entry = await _async_household(hass)
    known = await _async_known(hass)
    address = servers["2.7"]
    forms = [await _async_menu(hass, entry, address) for _ in range(3)]
    await _async_choose(hass, forms[0], "take_along")
    menu = await _async_choose(hass, forms[1], "begin_empty")
    assert (menu["type"], menu["step_id"]) == (FlowResultType.MENU, "under_way")
    await async_learned(hass)
    await async_learned(hass)
    assert entry.data == store_of(address)
    await _async_choose(hass, forms[2], "take_along")
    await async_learned(hass)
    await async_learned(hass)
    assert entry.data == store_of(address)
    assert await _async_known(hass) == known
    await async_call(hass, "run_analysis")
    assert shown(hass, "days_learned") == "16"


async def _async_other_home(
    hass: HomeAssistant, data: dict[str, Any]
) -> MockConfigEntry:
    """Set up again, with some store."""
    entry = MockConfigEntry(domain=DOMAIN, data=data, version=1, minor_version=2)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await async_learned(hass)
    await async_learned(hass)
    return entry


async def _async_removed_amid_it(
    hass: HomeAssistant, entry: MockConfigEntry, server: InfluxAddress
) -> None:
    """Remove the entry while all is moved, and keep what is learned."""
    await _async_held_up(hass, entry, server)
    options = {"storage": {"keep_data": True}}
    hass.config_entries.async_update_entry(entry, options=options)
    await hass.config_entries.async_remove(entry.entry_id)
    home = await instance_id.async_get(hass)
    # Nobody else knows that a part of it is there.
    assert await hass.async_add_executor_job(raw_points, server, home) == {}
    await async_purge(hass, datetime.combine(TODAY, time(0), UTC))


async def test_removed_amid_it_and_set_up_where_all_was(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: InfluxAddress,
    complaints: list[str],
) -> None:
    """All is there; to begin empty on that server later takes nothing along."""
    await _async_removed_amid_it(hass, entry, server)
    entry = await _async_other_home(hass, store_of(None))
    assert await _async_days(hass, entry) == 16
    form = await _async_menu(hass, entry, server)
    await _async_choose(hass, form, "begin_empty")
    await async_learned(hass)
    assert entry.data == store_of(server)
    assert await _async_days(hass, entry) == 0
    complaints.clear()


async def test_removed_amid_it_and_set_up_where_all_was_to_be(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    server: InfluxAddress,
    complaints: list[str],
) -> None:
    """It is moved there now."""
    await _async_removed_amid_it(hass, entry, server)
    entry = await _async_other_home(hass, store_of(server))
    assert entry.data == store_of(server)
    assert await _async_days(hass, entry) == 16
    complaints.clear()


@pytest.mark.parametrize("ending", ["call_off", "leave_behind"])
async def test_the_old_store_is_gone_for_good(
    hass: HomeAssistant,
    server: InfluxAddress,
    freezer: FrozenDateTimeFactory,
    complaints: list[str],
    ending: str,
) -> None:
    """After a day a person is asked whether to give it up, or what it held."""
    with proxied(server.url) as proxy:
        old = replace(server, url=proxy.url)
        await hass.async_add_executor_job(make_buckets, old)
        await async_record(hass, household(days(TODAY - timedelta(16), 16)))
        entry = await _async_other_home(hass, store_of(old))
        assert shown(hass, "days_learned") == "16"
    form = await _async_menu(hass, entry, None)
    await _async_choose(hass, form, "take_along")
    await async_learned(hass)
    issues = ir.async_get(hass)
    assert issues.async_get_issue(DOMAIN, "move_held_up") is None
    later = TODAY + timedelta(1)
    await async_clock(hass, freezer, f"{later}T12:00:00+00:00")
    issue = issues.async_get_issue(DOMAIN, "move_held_up")
    assert issue is not None
    assert issues.async_get_issue(DOMAIN, "store_unreachable") is None
    flow = await async_create_fix_flow(hass, issue.issue_id, issue.data)
    assert isinstance(flow, MoveFlow)
    flow.hass = hass
    menu = await flow.async_step_init()
    assert menu["menu_options"] == ["call_off", "leave_behind"]
    if ending == "leave_behind":
        asked = await flow.async_step_leave_behind()
        assert asked["type"] is FlowResultType.FORM
        done = await flow.async_step_leave_behind({})
    else:
        done = await flow.async_step_call_off()
    assert done["type"] is FlowResultType.CREATE_ENTRY
    await async_learned(hass)
    assert issues.async_get_issue(DOMAIN, "move_held_up") is None
    if ending == "leave_behind":
        assert entry.data == store_of(None)
        # What the recorder holds, the day that went by meanwhile included.
        assert await _async_days(hass, entry) == 17
        assert shown(hass, "status") == "idle"
    else:
        assert entry.data == store_of(old)
    complaints.clear()
