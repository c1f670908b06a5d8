"""A real Home Assistant, from adding the integration to removing it again.

What its pages do is done by the same REST and WebSocket calls.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
import re
from typing import Any

import pytest

from scripts.tools.demo_home import INTEGRATION, furnish, live
from scripts.tools.hass_client import HassClient, HassError, Json
from scripts.tools.hass_process import RunningHass, complaints, free_port, running

pytest.importorskip("hass_frontend", reason="scripts/setup --demo installs it")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1200),
    pytest.mark.usefixtures("socket_enabled"),
]

DAYS = 21
ENTRIES = "/api/config/config_entries"
PERSON = ("Demo", "demo", "demo")
STATUS = "sensor.pattern_intelligence_status"
FILE = "pattern_intelligence.db"


@pytest.fixture(name="directory")
def directory_fixture(tmp_path: Path) -> tuple[Path, int]:
    """Return the configuration directory of a household's past, and a port."""
    directory, port = tmp_path / "config", free_port(0)
    furnish(directory, live(DAYS, seed=3), port)
    return directory, port


@asynccontextmanager
async def started(place: tuple[Path, int]) -> AsyncIterator[RunningHass]:
    """Run Home Assistant, and find nothing to complain of afterwards."""
    directory, port = place
    async with running(directory, f"http://127.0.0.1:{port}", lambda: None) as hass:
        yield hass
    log = hass.console.read_text(encoding="utf-8")
    assert complaints(hass.console, INTEGRATION) == []
    assert not re.search(rf'File ".*/custom_components/{INTEGRATION}/', log)


async def learned(client: HassClient) -> Json:
    """Wait until all is learned that there is, and return the patterns."""
    async with asyncio.timeout(600):
        while True:
            try:
                state = await client.state(STATUS)
                assert state["state"] != "error", state
                # It joins the run under way.
                await act(client, "run_analysis")
                report = await act(client, "get_patterns")
            except HassError:
                # Not loaded yet, or reloaded meanwhile.
                await asyncio.sleep(0.3)
                continue
            if report["home"]["days"]:
                return report


async def entities(client: HassClient) -> dict[str, Json]:
    """Return what the entity registry says of the integration's entities, by id."""
    listed = await client.call("config/entity_registry/list")
    return {
        each["entity_id"]: each for each in listed if each["platform"] == INTEGRATION
    }


async def states(client: HassClient) -> dict[str, Json]:
    """Return the states of the integration's entities, by id."""
    known = await entities(client)
    return {
        each["entity_id"]: each
        for each in await client.call("get_states")
        if each["entity_id"] in known
    }


async def act(client: HassClient, service: str, **data: Any) -> Json:
    """Call a service over WebSocket, and return its response."""
    return await client.respond(INTEGRATION, service, **data)


async def test_added_used_removed_and_added_again(directory: tuple[Path, int]) -> None:
    """Nothing is left over, and nothing complains."""
    async with started(directory) as hass:
        client = hass.client
        await client.onboard(*PERSON)
        entry_id = await client.add_integration(INTEGRATION)
        report = await learned(client)
        assert report["home"]["days"] == DAYS
        assert report["patterns"]
        await _look_at_entities(client)
        await _use_services(client, report)
        await _change_options(client, entry_id, report)
        await _look_behind(client, entry_id)
        before = (await act(client, "get_patterns"))["patterns"]

        await client.post(f"{ENTRIES}/entry/{entry_id}/reload", {})
        after = await learned(client)
        assert after["patterns"] == before
        await _remove(client, entry_id, directory[0])

        await client.add_integration(INTEGRATION)
        again = await learned(client)
        assert again["home"]["days"] == DAYS
        assert [p["id"] for p in again["patterns"]] == [
            p["id"] for p in report["patterns"]
        ]
        assert {p["followed"] for p in again["patterns"]} == {False}


async def _look_at_entities(client: HassClient) -> None:
    """Each has a name, and a value or a reason to be unknown."""
    known, shown = await entities(client), await states(client)
    on = {key for key, each in known.items() if not each["disabled_by"]}
    assert shown.keys() == on
    assert on < known.keys()
    for entity_id, state in shown.items():
        name = state["attributes"]["friendly_name"]
        assert name.startswith("Pattern Intelligence "), entity_id
        assert state["state"] != "unavailable", entity_id
    assert shown["sensor.pattern_intelligence_days_learned"]["state"] == str(DAYS)
    unknown = {key for key, each in shown.items() if each["state"] == "unknown"}
    # Nothing is news on the first day, and nobody has pressed the button.
    assert unknown == {
        "event.pattern_intelligence_news",
        "button.pattern_intelligence_run_now",
    }


async def _use_services(client: HassClient, report: Json) -> None:
    """Over WebSocket and over REST, each answers and does what it says."""
    timed = next(p for p in report["patterns"] if p["type"] == "time_of_day")
    pattern_id = timed["id"]
    assert (await act(client, "run_analysis"))["days_processed"] == 0
    assert (await act(client, "run_analysis", days=2))["days_processed"] == 2
    assert (await act(client, "validate"))["equal"]
    saved = await act(client, "create_backup")
    assert saved["days"] == DAYS
    first_day = report["home"]["last_day"]
    assert (await act(client, "relearn", first_day=first_day))["days_processed"] == 1
    accepted = await act(client, "accept_pattern", pattern_id=pattern_id)
    assert accepted["status"] == "accepted"
    assert (await act(client, "follow_pattern", pattern_id=pattern_id))["followed"]
    followed = {key for key in await entities(client) if "_next_" in key}
    assert {"sensor.pattern_intelligence_next_run"} < followed
    path = f"/api/services/{INTEGRATION}"
    answer = await client.post(
        f"{path}/get_patterns?return_response", {"status": "accepted"}
    )
    found = answer["service_response"]["patterns"]
    assert [p["id"] for p in found] == [pattern_id]
    await client.post(f"{path}/restore_pattern", {"pattern_id": pattern_id})
    await client.post(f"{path}/unfollow_pattern", {"pattern_id": pattern_id})
    assert not {k for k in await entities(client) if "_next_" in k} - {
        "sensor.pattern_intelligence_next_run"
    }
    snoozed = await act(client, "dismiss_pattern", pattern_id=pattern_id, days=7)
    assert snoozed["status"] == "snoozed"
    forgotten = timed["entities"][0]["entity_id"]
    assert (await act(client, "forget", entity_id=forgotten))["rows"] >= DAYS
    left = await learned(client)
    ids = {each["entity_id"] for p in left["patterns"] for each in p["entities"]}
    assert forgotten not in ids
    restored = await act(client, "restore_backup", path=saved["path"])
    assert restored["days"] == DAYS
    back = await learned(client)
    assert [p["id"] for p in back["patterns"]] == [p["id"] for p in report["patterns"]]
    assert {p["followed"] for p in back["patterns"]} == {False}
    with pytest.raises(HassError, match="nobody"):
        await act(client, "accept_pattern", pattern_id="nobody")


async def _change_options(client: HassClient, entry_id: str, report: Json) -> None:
    """Hide what is left out, and show it again: nothing is lost."""
    hidden = report["patterns"][-1]["entities"][0]["entity_id"]
    before = await act(client, "get_patterns")
    for excluded, days in (([hidden], DAYS), ([], DAYS)):
        path = f"{ENTRIES}/options/flow"
        form = await client.post(path, {"handler": entry_id})
        assert form["type"] == "form"
        chosen = _values(form["data_schema"])
        chosen["scope"]["excluded_entities"] = excluded
        chosen["schedule"]["time"] = "02:30:00"
        done = await client.post(f"{path}/{form['flow_id']}", chosen)
        assert done["type"] == "create_entry"
        report = await learned(client)
        assert report["home"]["days"] == days
        listed = {e["entity_id"] for p in report["patterns"] for e in p["entities"]}
        assert (hidden in listed) is not bool(excluded)
    assert [p["id"] for p in report["patterns"]] == [
        p["id"] for p in before["patterns"]
    ]


def _values(fields: list[Json]) -> Json:
    """Return what a form holds when it opens."""
    values: Json = {}
    for field in fields:
        if field.get("type") == "expandable":
            values[field["name"]] = _values(field["schema"])
        elif (
            value := (field.get("description") or {}).get("suggested_value")
        ) is not None:
            values[field["name"]] = value
        elif field.get("default") is not None:
            values[field["name"]] = field["default"]
    return values


async def _look_behind(client: HassClient, entry_id: str) -> None:
    """Diagnostics tell of runs and of nobody; repairs have nothing to repair."""
    text = str(await client.get(f"/api/diagnostics/config_entry/{entry_id}"))
    assert "'runs'" in text
    assert "light." not in text
    issues = await client.call("repairs/list_issues")
    assert [i for i in issues["issues"] if i["domain"] == INTEGRATION] == []


async def _remove(client: HassClient, entry_id: str, directory: Path) -> None:
    """No file, no entity, no device and no state is left."""
    assert await asyncio.to_thread(_ours, directory)
    await client.delete(f"{ENTRIES}/entry/{entry_id}")
    assert await entities(client) == {}
    assert await asyncio.to_thread(_ours, directory) == []
    devices = await client.call("config/device_registry/list")
    assert [d for d in devices if d["config_entries"] == [entry_id]] == []
    left = [s["entity_id"] for s in await client.call("get_states")]
    assert [one for one in left if INTEGRATION in one] == []


def _ours(directory: Path) -> list[str]:
    """Return the names of files that the integration made."""
    return [path.name for path in directory.glob(f"{FILE}*")]


async def test_restarted_while_it_learns(directory: tuple[Path, int]) -> None:
    """Stopped once and killed once during the first learning: each day is read once."""
    async with started(directory) as hass:
        await hass.client.onboard(*PERSON)
        entry_id = await hass.client.add_integration(INTEGRATION)
        await _days(hass.client, 3)
        tokens = hass.client.tokens
    async with started(directory) as hass:
        await hass.client.resume(tokens)
        await _days(hass.client, 8)
        hass.process.kill()
        await hass.process.wait()
    async with started(directory) as hass:
        await hass.client.resume(tokens)
        report = await learned(hass.client)
        assert report["home"]["days"] == DAYS
        told = await hass.client.get(f"/api/diagnostics/config_entry/{entry_id}")
        (run,) = told["data"]["runs"]
        assert run["error"] is None
        # What the others had learned was not read again.
        assert run["days"] <= DAYS - 8


async def _days(client: HassClient, least: int) -> None:
    """Wait until some days are learned, and not yet all."""
    async with asyncio.timeout(600):
        while True:
            try:
                state = await client.state("sensor.pattern_intelligence_days_learned")
            except HassError:
                state = {"state": "unavailable"}
            if state["state"].isdigit() and int(state["state"]) >= least:
                assert int(state["state"]) < DAYS
                return
            await asyncio.sleep(0.02)
