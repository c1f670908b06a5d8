"""What was learned anew takes the place of what InfluxDB holds, and nothing is lost."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pattern_intelligence.const import DOMAIN, Trigger
from custom_components.pattern_intelligence.engine.tables import Table
from custom_components.pattern_intelligence.moving import async_begin
from custom_components.pattern_intelligence.stores.base import LearnedDay
from custom_components.pattern_intelligence.stores.influx import link
from custom_components.pattern_intelligence.stores.influx.address import InfluxAddress
from custom_components.pattern_intelligence.stores.influx.store import InfluxStore
from tests.stores.influx_servers import VERSIONS, Servers, address_of, make_buckets

from .common import async_call, async_learned, learner_of, shown
from .history import KETTLE, async_purge, async_record, days, household
from .influx_forms import store_of
from .taps import DayTap, Hold

TODAY = datetime.now(UTC).date()
"""A server goes by its own clock, so history is that of the days before now."""
FIRST = TODAY - timedelta(16)
KNOWN = TODAY - timedelta(10)
HELD_AT = 4
"""So many days have been written to the server when it is held up."""


@pytest.fixture(autouse=True)
def _now(freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    freezer.move_to(datetime.combine(TODAY, time(11), UTC))
    monkeypatch.setattr(link, "PAUSES_S", (0.01, 0.01))


@pytest.fixture(params=["2.7"])
def address(
    request: pytest.FixtureRequest, socket_enabled: None, influx_servers: Servers
) -> InfluxAddress:
    """Return a real server, where nothing is made yet."""
    found = address_of(influx_servers.get(request.param))
    return replace(found, prefix=f"an_{uuid4().hex[:8]}")


class ServerTap(Hold):
    """Holds up what is written to a server amid the days, when it is asked to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Listen to every server."""
        super().__init__()
        self._left = -1
        write = InfluxStore.write_day

        def write_day(
            store: InfluxStore,
            learned: LearnedDay,
            tables: Mapping[str, Table],
            *,
            keep_life: bool,
        ) -> None:
            write(store, learned, tables, keep_life=keep_life)
            self._left -= 1
            if self._left == 0:
                self.stop()

        monkeypatch.setattr(InfluxStore, "write_day", write_day)

    def hold(self) -> None:
        """Hold the server up once some days more have been written."""
        self._left = HELD_AT


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> ServerTap:
    """Listen to what is written to the server."""
    return ServerTap(monkeypatch)


async def _async_home(hass: HomeAssistant, address: InfluxAddress) -> MockConfigEntry:
    """Let a home learn ten days, then find those before them in the recorder."""
    await hass.async_add_executor_job(make_buckets, address, 365)
    rows = household(days(FIRST, 16))
    known = [row for row in rows if row.at.date() >= KNOWN]
    await async_record(hass, known)
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Pattern Intelligence",
        data=store_of(address),
        version=1,
        minor_version=2,
    )
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await async_learned(hass)
    assert shown(hass, "days_learned") == "10"
    await async_record(hass, [row for row in rows if row not in known])
    return entry


async def _async_days(hass: HomeAssistant, entry: MockConfigEntry) -> list[Any]:
    """Return the days kept where the home's knowledge lies by now."""
    store = entry.runtime_data.parts.storage.aggregates
    return list(await hass.async_add_executor_job(store.kept_days))


async def _async_amid(hass: HomeAssistant, held: ServerTap) -> None:
    """Learn anew until some of the days are on the server, and nowhere else."""
    held.hold()

    async def ask() -> None:
        # Once it is called off, nobody waits for it any more.
        with suppress(HomeAssistantError):
            await async_call(hass, "relearn", first_day=FIRST.isoformat())

    _ = hass.async_create_background_task(ask(), "relearn")
    await hass.async_add_executor_job(held.wait)
    await async_purge(hass, datetime.combine(TODAY, time(0), UTC))
    held.release_soon()


@pytest.mark.parametrize("address", VERSIONS, indirect=True)
async def test_forgetting_loses_nothing_else(
    hass: HomeAssistant, address: InfluxAddress, held: ServerTap
) -> None:
    """What is asked to be forgotten is; every day is still there."""
    entry = await _async_home(hass, address)
    await _async_amid(hass, held)
    await async_call(hass, "forget", entity_id=KETTLE)
    await async_learned(hass)
    await async_learned(hass)
    assert await _async_days(hass, entry) == days(FIRST, 16)
    assert not (await async_call(hass, "get_patterns", entity_id=KETTLE))["patterns"]
    assert (await async_call(hass, "get_patterns"))["patterns"]
    assert entry.data == store_of(address)


async def test_what_is_known_counts_to_the_end(
    hass: HomeAssistant, address: InfluxAddress, held: ServerTap
) -> None:
    """Amid it, all of what was learned anew counts, wherever it lies by then."""
    entry = await _async_home(hass, address)
    await _async_amid(hass, held)
    assert entry.data["store"] == "built_in"
    assert await _async_days(hass, entry) == days(FIRST, 16)
    assert shown(hass, "status") == "moving"
    await async_learned(hass)
    await async_learned(hass)
    assert entry.data == store_of(address)
    assert await _async_days(hass, entry) == days(FIRST, 16)


async def test_loaded_again_amid_it(
    hass: HomeAssistant, address: InfluxAddress, held: ServerTap
) -> None:
    """It goes on where it was."""
    entry = await _async_home(hass, address)
    await _async_amid(hass, held)
    await hass.config_entries.async_reload(entry.entry_id)
    await async_learned(hass)
    await async_learned(hass)
    assert entry.data == store_of(address)
    assert await _async_days(hass, entry) == days(FIRST, 16)


async def test_moved_while_it_learns(
    hass: HomeAssistant, address: InfluxAddress, written: DayTap
) -> None:
    """What is known is moved first; what is learned anew takes its place there."""
    entry = await _async_home(hass, address)
    written.stop_before(FIRST + timedelta(3))
    asked = hass.async_create_background_task(
        async_call(hass, "relearn", first_day=FIRST.isoformat()), "relearn"
    )
    await hass.async_add_executor_job(written.wait)
    written.release_soon()
    learner = learner_of(entry)
    async with learner.async_held():
        await async_begin(hass, entry.runtime_data.parts, {"store": "built_in"})
    with pytest.raises(HomeAssistantError, match="stopped"):
        await asked
    learner.async_start(Trigger.MOVE)
    await async_learned(hass)
    await async_learned(hass)
    assert entry.data == {"store": "built_in"}
    assert await _async_days(hass, entry) == days(FIRST, 16)
