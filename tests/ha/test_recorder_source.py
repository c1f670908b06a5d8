"""Days from a real recorder, beside what the same file gives."""

from collections.abc import Callable
from datetime import date, timedelta
import logging

from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.util import session_scope
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from sqlalchemy import text

from custom_components.pattern_intelligence.engine.home import Home
from custom_components.pattern_intelligence.engine.provenance import AUTOMATION, USER
from custom_components.pattern_intelligence.engine.rawday import RawDay
from custom_components.pattern_intelligence.engine.scope import Scope
from custom_components.pattern_intelligence.home_context import async_build_home
from custom_components.pattern_intelligence.sources.base import (
    SourceError,
    SourceUnavailableError,
)
from custom_components.pattern_intelligence.sources.recorder import RecorderSource

USER_ID = "0123456789abcdef0123456789abcdef"


async def async_ask[*Ts, T](
    hass: HomeAssistant, ask: Callable[[*Ts], T], *args: *Ts
) -> T:
    """Ask in the recorder's executor."""
    return await get_instance(hass).async_add_executor_job(ask, *args)


async def async_source(hass: HomeAssistant) -> RecorderSource:
    """Return a source over all that is recorded."""
    return RecorderSource(hass, await async_build_home(hass), Scope())


async def async_today(hass: HomeAssistant) -> RawDay:
    """Return the day under way."""
    await async_wait_recording_done(hass)
    source = await async_source(hass)
    return await async_ask(hass, source.read, dt_util.now().date())


async def test_what_home_assistant_writes(hass: HomeAssistant) -> None:
    """States, changed attributes, removal and causes, as its own recorder keeps them."""
    automation = Context()
    hass.states.async_set("light.a", "off")
    hass.states.async_set("light.a", "on", context=Context(user_id=USER_ID))
    hass.states.async_set("light.a", "on", {"brightness": 5})
    hass.bus.async_fire(
        "automation_triggered",
        {"name": "Evening", "entity_id": "automation.evening"},
        context=automation,
    )
    hass.states.async_set("light.a", "off", context=automation)
    child = Context(parent_id=Context().id)
    hass.states.async_set("light.a", "on", context=child)
    hass.states.async_remove("light.a")
    hass.states.async_set("sensor.power", "5")
    raw = await async_today(hass)
    assert raw.entities == ("light.a",)
    assert [raw.states[i] for i in raw.state.tolist()] == [
        "off",
        "on",
        "on",
        "off",
        "on",
        "",
    ]
    assert raw.automations == ("", "automation.evening")
    assert raw.cause.tolist()[:2] == [0, USER]
    assert raw.cause.tolist()[3:5] == [AUTOMATION + 1, AUTOMATION]
    assert raw.instant[1] == raw.instant[2]
    assert len(raw.recorded) == 1
    assert raw.recorded[0][0] <= raw.instant[0]


async def test_a_renamed_entity(hass: HomeAssistant) -> None:
    """The recorder moves its rows; where it could not, an alias leads to them."""
    registry = er.async_get(hass)
    registry.async_get_or_create("light", "demo", "1", object_id_base="before")
    hass.states.async_set("light.before", "off")
    hass.states.async_set("light.taken", "on")
    await async_wait_recording_done(hass)
    registry.async_update_entity("light.before", new_entity_id="light.after")
    hass.states.async_set("light.after", "on")
    raw = await async_today(hass)
    assert raw.entities == ("light.after", "light.taken")
    home = Home(dt_util.get_default_time_zone(), aliases={"light.taken": "light.after"})  # type: ignore[arg-type]
    merged = await async_ask(
        hass, RecorderSource(hass, home, Scope()).read, dt_util.now().date()
    )
    assert merged.entities == ("light.after",)
    assert merged.rows == raw.rows


@pytest.mark.freeze_time("2026-03-02 11:00:00+00:00")
async def test_extent_of_a_running_home(
    hass: HomeAssistant, recorder_mock: Recorder
) -> None:
    """Today is not over; without rows nothing is recorded."""
    source = await async_source(hass)
    assert await async_ask(hass, source.extent) is None
    hass.states.async_set("light.a", "on")
    await async_wait_recording_done(hass)
    assert await async_ask(hass, source.extent) is None


async def test_a_quiet_evening(hass: HomeAssistant, recorder_mock: Recorder) -> None:
    """The run under way says that the day was recorded to its end."""
    today = dt_util.start_of_local_day()
    morning = today - timedelta(days=1) + timedelta(hours=8)
    _set_rows(hass, morning - timedelta(days=1), morning)
    source = await async_source(hass)
    _begin_run(hass, morning - timedelta(days=3))
    assert await async_ask(hass, source.extent) == (morning.date(), morning.date())


def _set_rows(hass: HomeAssistant, *moments: object) -> None:
    """Write one row of a light at each moment, behind the recorder's back."""
    with session_scope(hass=hass) as session:
        session.execute(
            text(
                "INSERT INTO states_meta (metadata_id, entity_id) VALUES (9, 'light.a')"
            )
        )
        for moment in moments:
            session.execute(
                text(
                    "INSERT INTO states (metadata_id, state, last_updated_ts)"
                    " VALUES (9, 'on', :ts)"
                ),
                {"ts": moment.timestamp()},  # type: ignore[attr-defined]
            )


def _begin_run(hass: HomeAssistant, moment: object) -> None:
    """Have the run under way begin at a moment."""
    with session_scope(hass=hass) as session:
        session.execute(
            text("UPDATE recorder_runs SET start = :start"), {"start": str(moment)[:19]}
        )


async def test_nothing_while_it_migrates(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Later it will do."""
    source = await async_source(hass)
    monkeypatch.setattr(get_instance(hass), "migration_in_progress", True)
    with pytest.raises(SourceUnavailableError, match="migrating"):
        await async_ask(hass, source.extent)
    monkeypatch.setattr(get_instance(hass), "migration_in_progress", False)
    assert await async_ask(hass, source.extent) is None


async def test_failures_are_told_and_not_logged(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """No traceback of the recorder's own, and the session can be used again."""
    source = await async_source(hass)
    with session_scope(hass=hass) as session:
        session.execute(text("ALTER TABLE states RENAME COLUMN state TO mood"))
    caplog.clear()
    with pytest.raises(SourceError, match=r"no states\.state"):
        await async_ask(hass, source.extent)
    with session_scope(hass=hass) as session:
        session.execute(text("ALTER TABLE states RENAME COLUMN mood TO state"))
    assert await async_ask(hass, source.extent) is None
    with session_scope(hass=hass) as session:
        session.execute(text("ALTER TABLE states RENAME TO elsewhere"))
    with pytest.raises(SourceUnavailableError, match="no such table") as caught:
        await async_ask(hass, source.read, date(2026, 3, 1))
    with session_scope(hass=hass) as session:
        session.execute(text("ALTER TABLE elsewhere RENAME TO states"))
    assert "\n" not in str(caught.value)
    assert [each for each in caplog.records if each.levelno >= logging.ERROR] == []


async def test_a_damaged_database(hass: HomeAssistant) -> None:
    """Waiting will not help, so it is not told as if it would."""
    source = await async_source(hass)
    _move_states(hass, "rootpage + 100000")
    with pytest.raises(SourceError, match="damaged") as caught:
        await async_ask(hass, source.extent)
    _move_states(hass, "rootpage - 100000")
    assert not isinstance(caught.value, SourceUnavailableError)
    assert await async_ask(hass, source.extent) is None


def _move_states(hass: HomeAssistant, root: str) -> None:
    """Have the table of states begin on another page, as a damaged file may say."""
    with session_scope(hass=hass) as session:
        (version,) = session.execute(text("PRAGMA schema_version")).one()
        for statement in (
            "PRAGMA writable_schema = ON",
            f"UPDATE sqlite_master SET rootpage = {root} WHERE name = 'states'",  # noqa: S608
            f"PRAGMA schema_version = {version + 1}",
            "PRAGMA writable_schema = OFF",
        ):
            session.execute(text(statement))


async def test_without_the_recorder(hass: HomeAssistant) -> None:
    """Says what to set up."""
    source = await async_source(hass)
    instance = hass.data.pop("recorder_instance")
    try:
        with pytest.raises(SourceError, match="set it up"):
            await hass.async_add_executor_job(source.extent)
    finally:
        hass.data["recorder_instance"] = instance
