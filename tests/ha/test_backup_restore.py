"""Backups of what was learned and decided: written, and restored."""

# ruff: noqa: ASYNC240

import asyncio
from contextlib import closing
from datetime import UTC, datetime, time, timedelta
import gzip
import json
from pathlib import Path
import sqlite3
from threading import Event
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.pattern_intelligence import services_backup
from custom_components.pattern_intelligence.backup_restore import FOLDER, take_over
from custom_components.pattern_intelligence.const import Trigger
from custom_components.pattern_intelligence.run import Run
from custom_components.pattern_intelligence.storage import restoring_path
from custom_components.pattern_intelligence.stores.influx import link
from tests.stores.influx_servers import Servers, address_of, make_buckets

from .common import async_call, async_learned, async_set_up, shown, store_file
from .history import KITCHEN, async_record, days, household
from .influx_forms import store_of

TODAY = datetime.now(UTC).date()
"""A server goes by its own clock, so history is that of the days before now."""


@pytest.fixture(autouse=True)
def _now(freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    freezer.move_to(datetime.combine(TODAY, time(11), UTC))
    monkeypatch.setattr(link, "PAUSES_S", (0.01, 0.01))


async def _async_household(hass: HomeAssistant) -> MockConfigEntry:
    """Return a home that knows something, and whose people decided something."""
    await async_record(hass, household(days(TODAY - timedelta(16), 16)))
    entry = await async_set_up(hass)
    first, second, *_ = (await async_call(hass, "get_patterns"))["patterns"]
    await async_call(hass, "accept_pattern", pattern_id=first["id"])
    await async_call(hass, "dismiss_pattern", pattern_id=second["id"])
    await async_learned(hass)
    return entry


async def _async_known(hass: HomeAssistant) -> str:
    found = await async_call(hass, "get_patterns")
    del found["run"]
    return json.dumps(found)


async def _async_empty(hass: HomeAssistant) -> None:
    """Have a home that knows nothing, and learns nothing of what is recorded."""
    await async_call(hass, "forget", everything=True)
    await async_learned(hass)
    assert shown(hass, "days_learned") == "0"
    assert (await async_call(hass, "get_patterns"))["patterns"] == []


async def test_restored_into_an_empty_home(hass: HomeAssistant) -> None:
    """What is said there is the same, byte by byte, decisions and all."""
    await _async_household(hass)
    known = await _async_known(hass)
    assert '"accepted"' in known
    made = await async_call(hass, "create_backup")
    path = Path(made["path"])
    assert path.parent == Path(hass.config.path(FOLDER))
    assert (made["days"], made["last_day"]) == (
        16,
        (TODAY - timedelta(1)).isoformat(),
    )
    assert made["bytes"] == path.stat().st_size
    await _async_empty(hass)
    restored = await async_call(hass, "restore_backup", path=f"{FOLDER}/{path.name}")
    assert restored.pop("moving") is False
    assert made == {"path": str(path)} | restored
    assert await _async_known(hass) == known
    await async_learned(hass)
    assert await _async_known(hass) == known
    await async_call(hass, "run_analysis")
    assert await _async_known(hass) == known
    assert shown(hass, "days_learned") == "16"
    assert not restoring_path(store_file(hass)).exists()


async def test_made_while_a_run_keeps_what_it_found(hass: HomeAssistant) -> None:
    """Neither waits for the other for ever."""
    parts = (await _async_household(hass)).runtime_data.parts
    async with parts.gate:
        made = hass.async_create_task(async_call(hass, "create_backup"))
        await _async_real_pause(hass, 20)
        run = Run(hass, parts, Trigger.SERVICE)
        kept = hass.async_create_task(run.async_keep())
        await _async_real_pause(hass, 5)
    for _ in range(400):
        if made.done() and kept.done():
            break
        await _async_real_pause(hass, 1)
    else:
        made.cancel()
        kept.cancel()
    assert (await made)["days"] == 16
    await kept


async def _async_real_pause(hass: HomeAssistant, count: int) -> None:
    """Let others go on, while the clock stands still."""
    for _ in range(count):
        await hass.async_add_executor_job(Event().wait, 0.01)


async def test_the_usual_folder_cannot_be_made(hass: HomeAssistant) -> None:
    """It is said in one line."""
    await _async_household(hass)
    Path(hass.config.path(FOLDER)).write_text("a file")
    with pytest.raises(HomeAssistantError, match="cannot be written"):
        await async_call(hass, "create_backup")


async def test_decided_while_it_is_restored(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the backup holds of decisions is not lost over it."""
    await _async_household(hass)
    third = (await async_call(hass, "get_patterns"))["patterns"][2]["id"]
    await async_call(hass, "create_backup", path="mine.jsonl.gz")
    await _async_empty(hass)
    await async_call(hass, "relearn", first_day=(TODAY - timedelta(16)).isoformat())
    waiting: list[asyncio.Task[Any]] = []

    def decide() -> None:
        call = async_call(hass, "accept_pattern", pattern_id=third)
        waiting.append(asyncio.ensure_future(call))

    def restored(*args: Any) -> None:
        take_over(*args)
        hass.loop.call_soon_threadsafe(decide)

    monkeypatch.setattr(services_backup, "take_over", restored)
    await async_call(hass, "restore_backup", path="mine.jsonl.gz")
    await asyncio.gather(*waiting, return_exceptions=True)
    await hass.config_entries.async_reload(
        hass.config_entries.async_entries("pattern_intelligence")[0].entry_id
    )
    await async_learned(hass)
    for status in ("accepted", "dismissed"):
        found = await async_call(hass, "get_patterns", status=status)
        assert found["patterns"], status


async def test_what_was_there_is_replaced(hass: HomeAssistant) -> None:
    """What was learned and decided since, too, and then what is due is learned."""
    await _async_household(hass)
    known = await _async_known(hass)
    await async_call(hass, "create_backup", path="mine.jsonl.gz")
    await async_call(hass, "forget", entity_id=KITCHEN)
    await async_learned(hass)
    assert await _async_known(hass) != known
    await async_call(hass, "restore_backup", path=hass.config.path("mine.jsonl.gz"))
    await async_learned(hass)
    assert await _async_known(hass) == known


@pytest.mark.parametrize(
    "version", ["2.7", pytest.param("1.8", marks=pytest.mark.slow)]
)
async def test_into_either_store(
    hass: HomeAssistant,
    socket_enabled: None,
    influx_servers: Servers,
    version: str,
) -> None:
    """Where a home is on a server, all is moved there afterwards."""
    address = address_of(influx_servers.get(version), f"kept_{version[0]}")
    await hass.async_add_executor_job(make_buckets, address)
    entry = await _async_household(hass)
    known = await _async_known(hass)
    made = await async_call(hass, "create_backup")
    await _async_empty(hass)
    there = store_of(address)
    await hass.config_entries.async_unload(entry.entry_id)
    hass.config_entries.async_update_entry(entry, data=there)
    await hass.config_entries.async_setup(entry.entry_id)
    await async_learned(hass)
    restored = await async_call(hass, "restore_backup", path=made["path"])
    assert restored["moving"] is True
    assert await _async_known(hass) == known
    await async_learned(hass)
    await async_learned(hass)
    assert entry.data == there
    assert entry.runtime_data.parts.storage.remote is not None
    assert shown(hass, "days_learned") == "16"
    await async_call(hass, "run_analysis")
    assert await _async_known(hass) == known
    await hass.config_entries.async_remove(entry.entry_id)


def _dump(path: Path) -> list[str]:
    """Return all that the built-in store holds, but the list of runs."""
    with closing(sqlite3.connect(path)) as database:
        return [
            line for line in database.iterdump() if '"texts" VALUES(\'runs' not in line
        ]


async def test_what_cannot_be_restored_changes_nothing(hass: HomeAssistant) -> None:
    """It is refused as a whole, whatever is wrong with it."""
    await _async_household(hass)
    await async_call(hass, "create_backup", path="whole.jsonl.gz")
    whole = Path(hass.config.path("whole.jsonl.gz")).read_bytes()
    bad = Path(hass.config.path("bad.jsonl.gz"))
    before = await hass.async_add_executor_job(_dump, store_file(hass))
    known = await _async_known(hass)
    lines = gzip.decompress(whole).splitlines(keepends=True)
    for content, said in (
        (whole[: len(whole) // 2], "is damaged"),
        (whole[:-9], "is damaged"),
        (gzip.compress(b"".join(lines[:-1])), "is damaged"),
        (b"homeassistant:\n  name: Home\n", "is no backup"),
        (store_file(hass).read_bytes(), "is no backup"),
    ):
        bad.write_bytes(content)
        with pytest.raises(ServiceValidationError, match=said):
            await async_call(hass, "restore_backup", path="bad.jsonl.gz")
    await hass.config.async_set_time_zone("America/New_York")
    with pytest.raises(ServiceValidationError, match="Europe/Berlin"):
        await async_call(hass, "restore_backup", path="whole.jsonl.gz")
    await hass.config.async_set_time_zone("Europe/Berlin")
    assert await hass.async_add_executor_job(_dump, store_file(hass)) == before
    assert await _async_known(hass) == known
    assert not restoring_path(store_file(hass)).exists()


async def test_paths_that_are_not_allowed(
    hass: HomeAssistant, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Nothing is read or written elsewhere, nor over anything."""
    await _async_household(hass)
    there = Path(hass.config.path("there.jsonl.gz"))
    there.write_bytes(b"mine")
    folder = tmp_path_factory.mktemp("elsewhere")
    Path(hass.config.path("out")).symlink_to(folder)
    outside = folder / "outside.jsonl.gz"
    for path, said in (
        ("../outside.jsonl.gz", "is not in the configuration directory"),
        (str(outside), "is not in the configuration directory"),
        ("out/outside.jsonl.gz", "is not in the configuration directory"),
        ("there.jsonl.gz", "is there already"),
        ("configuration.yaml", "has to end in"),
        (".hidden.jsonl.gz", "has to end in"),
        ("nowhere/a.jsonl.gz", "is not there; make it first"),
        ("a\0.jsonl.gz", "holds no character 0"),
    ):
        with pytest.raises(ServiceValidationError, match=said):
            await async_call(hass, "create_backup", path=path)
    assert there.read_bytes() == b"mine"
    assert not outside.exists()
    outside.write_bytes(b"{}")
    for path, said in (
        (str(outside), "is not in the configuration directory"),
        ("out/outside.jsonl.gz", "is not in the configuration directory"),
        ("nothing.jsonl.gz", "there is no file"),
        (".", "there is no file"),
    ):
        with pytest.raises(ServiceValidationError, match=said):
            await async_call(hass, "restore_backup", path=path)
    hass.config.allowlist_external_dirs.add(str(folder))
    outside.unlink()
    made = await async_call(hass, "create_backup", path=str(outside))
    assert made["bytes"] == outside.stat().st_size
    restored = await async_call(hass, "restore_backup", path="out/outside.jsonl.gz")
    assert restored["days"] == 16
    await async_learned(hass)


async def test_only_for_administrators(
    hass: HomeAssistant, hass_read_only_user: MockUser
) -> None:
    """Both tell, or change, what is known of the household."""
    await async_set_up(hass)
    context = Context(user_id=hass_read_only_user.id)
    for service in ("create_backup", "restore_backup"):
        with pytest.raises(Unauthorized):
            await hass.services.async_call(
                "pattern_intelligence",
                service,
                {"path": "a.jsonl.gz"},
                blocking=True,
                context=context,
            )


async def test_not_while_all_is_moved(hass: HomeAssistant) -> None:
    """It would be restored into a store that is being let go."""
    entry = await async_set_up(hass)
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "move": {"store": "built_in"}}
    )
    with pytest.raises(ServiceValidationError, match="is being moved"):
        await async_call(hass, "restore_backup", path="a.jsonl.gz")
