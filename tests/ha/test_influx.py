"""The integration with its aggregates on a real InfluxDB."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
import json
from typing import Any
from uuid import uuid4

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.repairs import RepairsFlow
from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntryDisabler,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import instance_id, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pattern_intelligence.const import DOMAIN
from custom_components.pattern_intelligence.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.pattern_intelligence.migration import MINOR_VERSION, VERSION
from custom_components.pattern_intelligence.repairs import (
    DamagedInfluxFlow,
    RetentionFlow,
    async_create_fix_flow,
)
from custom_components.pattern_intelligence.storage import anew_path
from custom_components.pattern_intelligence.stores.base import Layer
from custom_components.pattern_intelligence.stores.influx import link
from custom_components.pattern_intelligence.stores.influx.address import (
    InfluxAddress,
    InfluxVersion,
)
from custom_components.pattern_intelligence.stores.influx.server import Server
from custom_components.pattern_intelligence.stores.influx.server_v2 import InfluxTwo
from custom_components.pattern_intelligence.stores.influx.servers import server_at
from tests.stores.influx_servers import (
    VERSIONS,
    Servers,
    address_of,
    make_buckets,
    raw_points,
)
from tests.stores.proxy import Proxy, answer, proxied

from .common import (
    async_call,
    async_clock,
    async_learned,
    async_set_up,
    attribute,
    shown,
    state_of,
    store_file,
)
from .history import async_record, days, household
from .influx_forms import form_of, kind_of, store_of

TODAY = datetime.now(UTC).date()
"""A server goes by its own clock, so history is that of the days before now."""


@pytest.fixture(autouse=True)
def _now(freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    freezer.move_to(_at(TODAY, 11))
    monkeypatch.setattr(link, "PAUSES_S", (0.01, 0.01))


@pytest.fixture(params=VERSIONS)
def address(
    request: pytest.FixtureRequest, socket_enabled: None, influx_servers: Servers
) -> InfluxAddress:
    """Return a real server of every kind in turn, where nothing is made yet."""
    found = address_of(influx_servers.get(request.param))
    return replace(found, prefix=f"ha_{uuid4().hex[:8]}")


@pytest.fixture
def two(socket_enabled: None, influx_servers: Servers) -> InfluxAddress:
    """Return a real server of 2.7."""
    found = address_of(influx_servers.get("2.7"))
    return replace(found, prefix=f"ha_{uuid4().hex[:8]}")


@pytest.fixture
def proxy(two: InfluxAddress) -> Iterator[Proxy]:
    """Return a proxy before the server of 2.7."""
    with proxied(two.url) as found:
        yield found


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), UTC)


def _entry(address: InfluxAddress, **changes: Any) -> MockConfigEntry:
    return MockConfigEntry(
        domain=DOMAIN,
        title="Pattern Intelligence",
        data=store_of(address, **changes),
        version=VERSION,
        minor_version=MINOR_VERSION,
    )


async def _async_flow[F: RepairsFlow](
    hass: HomeAssistant, issue: ir.IssueEntry, kind: type[F]
) -> F:
    """Return the flow that repairs an issue."""
    flow = await async_create_fix_flow(hass, issue.issue_id, issue.data)
    assert isinstance(flow, kind)
    flow.hass = hass
    return flow


async def _async_load(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await async_learned(hass)


async def _async_form(hass: HomeAssistant, address: InfluxAddress) -> Mapping[str, Any]:
    """Choose the store; return the form that asks for the server."""
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"store": kind_of(address)}
    )
    assert result["step_id"] == kind_of(address)
    return dict(result)


async def _async_fill(
    hass: HomeAssistant, form: Mapping[str, Any], filled: dict[str, Any]
) -> Mapping[str, Any]:
    return dict(await hass.config_entries.flow.async_configure(form["flow_id"], filled))


def _suggested(form: Mapping[str, Any]) -> dict[str, Any]:
    return {
        str(key): key.description["suggested_value"]
        for key in form["data_schema"].schema
        if key.description and "suggested_value" in key.description
    }


async def _async_make(hass: HomeAssistant, address: InfluxAddress, days: int) -> None:
    await hass.async_add_executor_job(make_buckets, address, days)


async def test_all_is_as_with_the_built_in_store(
    hass: HomeAssistant, address: InfluxAddress
) -> None:
    """The same patterns from the same history, set up by the flow."""
    await async_record(hass, household(days(TODAY - timedelta(29), 29)))
    form = await _async_form(hass, address)
    result = await _async_fill(hass, form, form_of(address))
    assert result["step_id"] == "scope"
    result = await _async_fill(hass, result, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"] == store_of(address)
    await async_learned(hass)
    assert shown(hass, "status") == "idle"
    assert shown(hass, "days_learned") == "29"
    found = await async_call(hass, "get_patterns")
    assert found["patterns"]

    def layers(server: Server) -> Mapping[str, int | None]:
        with closing(server.link):
            names = {layer: address.bucket(layer) for layer in Layer}
            there = server.buckets(list(names.values()))
            return {layer: there[name].days for layer, name in names.items()}

    kept = await hass.async_add_executor_job(layers, server_at(address))
    assert kept == {"daily": 90, "weekly": 365, "monthly": 1825}

    entry = result["result"]
    await hass.config_entries.async_reload(entry.entry_id)
    assert shown(hass, "days_learned") == "29"
    await async_learned(hass)
    told = json.dumps(await async_get_config_entry_diagnostics(hass, entry))
    for secret in (address.token, address.password):
        assert not secret or secret not in told
    home = await instance_id.async_get(hass)
    assert await hass.async_add_executor_job(raw_points, address, home)
    await hass.config_entries.async_remove(entry.entry_id)
    assert await hass.async_add_executor_job(raw_points, address, home) == {}

    await async_set_up(hass)
    built_in = await async_call(hass, "get_patterns")
    assert built_in["patterns"] == found["patterns"]
    assert built_in["track_record"] == found["track_record"]
    assert built_in["home"] == found["home"]


async def test_what_can_be_wrong_with_a_server(
    hass: HomeAssistant, two: InfluxAddress, proxy: Proxy
) -> None:
    """Each has a message of its own, and can be put right in the same form."""
    form = await _async_form(hass, two)
    three = answer("200 OK", "{}", "X-Influxdb-Version: 3.1.0")
    for changes, canned, error in (
        ({"token": "wrong"}, b"", "invalid_auth"),
        ({"organization": "nobody"}, b"", "unknown_organization"),
        ({"url": "http://127.0.0.1:9"}, b"", "cannot_connect"),
        ({"url": "https://" + two.url[7:]}, b"", "untrusted_certificate"),
        ({"url": "influx"}, b"", "invalid_address"),
        ({"prefix": "a b"}, b"", "invalid_address"),
        ({"url": proxy.url}, three, "influxdb_3"),
        ({"url": proxy.url}, answer("200 OK", "<html>"), "not_influxdb"),
        (
            {"url": proxy.url},
            answer("204 No Content", "", "X-Influxdb-Version: 1.8.10"),
            "other_version",
        ),
    ):
        proxy.canned = [canned] if canned else []
        form = await _async_fill(hass, form, form_of(two, **changes))
        assert form["errors"] == {"base": error}, changes
        assert two.token not in str(form["description_placeholders"])
    form = await _async_fill(hass, form, form_of(two))
    assert form["step_id"] == "scope"


async def test_wrong_password_of_a_1_8(
    hass: HomeAssistant, socket_enabled: None, influx_servers: Servers
) -> None:
    """Is told as that."""
    one = address_of(influx_servers.get("1.8"), f"ha_{uuid4().hex[:8]}")
    form = await _async_form(hass, one)
    for changes in ({"password": "wrong"}, {"username": "nobody"}):
        form = await _async_fill(hass, form, form_of(one, **changes))
        assert form["errors"] == {"base": "invalid_auth"}
    form = await _async_fill(hass, form, form_of(one))
    assert form["step_id"] == "scope"


def _limited(address: InfluxAddress) -> InfluxAddress:
    """Return credentials that may write buckets' points, but make no buckets."""
    server = server_at(address)
    with closing(server.link):
        if address.version is InfluxVersion.V1:
            for statement in (
                f'CREATE DATABASE "{address.database}"',
                "CREATE USER limited WITH PASSWORD 'limited'",
                f'GRANT ALL ON "{address.database}" TO limited',
            ):
                server.link.send("POST", "/query", {"q": statement})
            return replace(address, username="limited", password="limited")
        told = json.loads(server.link.send("GET", "/api/v2/orgs"))
        organization = told["orgs"][0]["id"]
        # Of all buckets that will ever be: as one has it who makes them later.
        made = server.link.send(
            "POST",
            "/api/v2/authorizations",
            body={
                "orgID": organization,
                "permissions": [
                    {
                        "action": action,
                        "resource": {"type": kind, "orgID": organization},
                    }
                    for action, kind in (("read", "buckets"), ("read", "orgs"))
                ],
            },
        )
        return replace(address, token=json.loads(made)["token"])


async def test_credentials_that_may_not_create_buckets(
    hass: HomeAssistant, address: InfluxAddress
) -> None:
    """The person is told the commands, and how long each bucket keeps points."""
    limited = await hass.async_add_executor_job(_limited, address)
    form = await _async_form(hass, limited)
    form = await _async_fill(hass, form, form_of(limited))
    assert form["errors"] == {"base": "missing_buckets"}
    commands = form["description_placeholders"]["error"].splitlines()
    assert len(commands) == 3
    for command, layer, kept in zip(commands, Layer, (90, 365, 1825), strict=True):
        assert address.bucket(layer) in command
        assert f"{kept}d" in command
    await _async_make(hass, address, 90)
    form = await _async_fill(hass, form, form_of(limited))
    if address.version is InfluxVersion.V1:
        assert form["step_id"] == "scope"
    else:
        assert form["errors"] == {"base": "not_allowed"}


async def test_core_s_own_entry_suggests_the_server(
    hass: HomeAssistant, address: InfluxAddress
) -> None:
    """Of the same kind of server, with its credentials."""
    host, port = address.url.removeprefix("http://").split(":")
    data: dict[str, Any] = {"api_version": "2", "url": address.url, "verify_ssl": False}
    data |= {"token": "t", "organization": "o", "bucket": "b"}
    if address.version is InfluxVersion.V1:
        data = {"api_version": "1", "host": host, "port": int(port), "ssl": False}
        data |= {"path": "", "verify_ssl": False, "username": "u", "password": "p"}
        data |= {"database": "raw"}
    MockConfigEntry(domain="influxdb", data=data).add_to_hass(hass)
    found = _suggested(await _async_form(hass, address))
    assert found["url"] == address.url
    assert found["verify_ssl"] is False
    if address.version is InfluxVersion.V1:
        assert (found["username"], found["password"]) == ("u", "p")
        assert "database" not in found
    else:
        assert (found["token"], found["organization"]) == ("t", "o")


async def test_away_from_the_start(
    hass: HomeAssistant,
    two: InfluxAddress,
    freezer: FrozenDateTimeFactory,
    complaints: list[str],
) -> None:
    """It loads, keeps what was known, and learns when the server is there again."""
    await _async_make_as_wanted(hass, two)
    await async_record(hass, household(days(TODAY - timedelta(10), 10)))
    with proxied(two.url) as proxy:
        entry = _entry(two, url=proxy.url)
        await _async_load(hass, entry)
        known = await async_call(hass, "get_patterns")
        await hass.config_entries.async_unload(entry.entry_id)
    port = int(proxy.url.rpartition(":")[2])
    await hass.config_entries.async_setup(entry.entry_id)
    await async_learned(hass)
    assert state_of(entry) is ConfigEntryState.LOADED
    assert shown(hass, "status") == "error"
    assert "not reachable" in attribute(hass, "status", "message")
    assert shown(hass, "days_learned") == "10"
    assert await async_call(hass, "get_patterns") == known
    issues = ir.async_get(hass)
    assert not issues.issues

    night = TODAY + timedelta(1)
    await async_record(hass, household(days(TODAY, 1)))
    await async_clock(hass, freezer, _at(night, 3, 6).isoformat())
    assert shown(hass, "status") == "error"
    await async_clock(hass, freezer, _at(night, 12).isoformat())
    assert issues.async_get_issue(DOMAIN, "store_unreachable")
    assert await async_call(hass, "get_patterns") == known

    with proxied(two.url, port):
        await async_clock(hass, freezer, _at(night, 14).isoformat())
        assert shown(hass, "status") == "idle"
        assert shown(hass, "days_learned") == "11"
        assert not issues.issues
        await hass.config_entries.async_unload(entry.entry_id)
    complaints.clear()


@pytest.mark.parametrize(
    "address", ["2.7", pytest.param("1.8", marks=pytest.mark.slow)], indirect=True
)
async def test_a_week_s_outage(
    hass: HomeAssistant,
    address: InfluxAddress,
    freezer: FrozenDateTimeFactory,
    complaints: list[str],
) -> None:
    """What was found goes on being watched for; afterwards all is as without it."""
    await _async_make_as_wanted(hass, address)
    await async_record(hass, household(days(TODAY - timedelta(16), 16)))
    with proxied(address.url) as proxy:
        entry = _entry(address, url=proxy.url)
        await _async_load(hass, entry)
    found = await async_call(hass, "get_patterns", type=["time_of_day"])
    (habit,) = found["patterns"]
    await async_call(hass, "follow_pattern", pattern_id=habit["id"])
    await async_learned(hass)
    known = await async_call(hass, "get_patterns")
    (sensor,) = (
        state.entity_id
        for state in hass.states.async_all()
        if state.attributes.get("pattern_id") == habit["id"]
    )

    port = int(proxy.url.rpartition(":")[2])
    nights = days(TODAY + timedelta(1), 7)
    for night in nights:
        await async_record(hass, household(days(night - timedelta(1), 1), night.day))
        await async_clock(hass, freezer, _at(night, 3, 6).isoformat())
        assert shown(hass, "status") == "error"
        said = attribute(hass, "status", "message")
        assert "not reachable" in said
        assert f"as of the end of {TODAY - timedelta(1)}" in said
        expected = hass.states.get(sensor)
        assert expected is not None
        assert expected.state.startswith(night.isoformat())
    assert shown(hass, "days_learned") == "16"
    assert (await async_call(hass, "get_patterns"))["patterns"] == known["patterns"]
    assert len(complaints) == 1
    complaints.clear()

    with proxied(address.url, port):
        await async_call(hass, "unfollow_pattern", pattern_id=habit["id"])
        await async_call(hass, "run_analysis")
        assert shown(hass, "days_learned") == "23"
        store = entry.runtime_data.parts.storage.aggregates
        learned = await hass.async_add_executor_job(store.learned)
        assert [mark.day for mark in learned] == days(TODAY - timedelta(16), 23)
        found = await async_call(hass, "get_patterns")
        await hass.config_entries.async_remove(entry.entry_id)
    await async_set_up(hass)
    never = await async_call(hass, "get_patterns")
    for part in ("home", "patterns", "track_record", "not_yet"):
        assert json.dumps(never[part]) == json.dumps(found[part])


async def test_credentials_that_are_refused_later(
    hass: HomeAssistant, address: InfluxAddress, complaints: list[str]
) -> None:
    """The person is asked for others; with these it goes on."""
    await _async_make_as_wanted(hass, address)
    await async_record(hass, household(days(TODAY - timedelta(10), 10)))
    entry = _entry(address, token="wrong", password="wrong")
    await _async_load(hass, entry)
    assert state_of(entry) is ConfigEntryState.LOADED
    assert shown(hass, "status") == "error"
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["step_id"] == "reauth_confirm"
    names = (
        ["token"] if address.version is InfluxVersion.V2 else ["username", "password"]
    )
    right = {name: getattr(address, name) for name in names}
    bad = await hass.config_entries.flow.async_configure(
        flow["flow_id"], right | {names[-1]: "wrong again"}
    )
    assert bad["errors"] == {"base": "invalid_auth"}
    done = await hass.config_entries.flow.async_configure(flow["flow_id"], right)
    assert done["type"] is FlowResultType.ABORT
    assert done["reason"] == "reauth_successful"
    await async_learned(hass)
    assert shown(hass, "status") == "idle"
    assert shown(hass, "days_learned") == "10"
    complaints.clear()


async def test_credentials_that_are_no_longer_needed(
    hass: HomeAssistant, two: InfluxAddress, complaints: list[str]
) -> None:
    """Another store was chosen before they were given."""
    await _async_make_as_wanted(hass, two)
    await async_record(hass, household(days(TODAY - timedelta(10), 10)))
    entry = _entry(two, token="wrong")
    await _async_load(hass, entry)
    (flow,) = hass.config_entries.flow.async_progress()
    hass.config_entries.async_update_entry(entry, data={"store": "built_in"})
    done = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {"token": two.token}
    )
    assert (done["type"], done["reason"]) == (
        FlowResultType.ABORT,
        "reconfigure_successful",
    )
    complaints.clear()


async def test_what_nobody_thought_of(
    hass: HomeAssistant,
    two: InfluxAddress,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    complaints: list[str],
) -> None:
    """The form says so and can be tried again; the log says where, not the token."""

    def fail(*_: object) -> None:
        raise RuntimeError(f"Bearer {two.token}")

    form = await _async_form(hass, two)
    with monkeypatch.context() as broken:
        broken.setattr(InfluxTwo, "buckets", fail)
        form = await _async_fill(hass, form, form_of(two))
    assert form["errors"] == {"base": "unknown"}
    assert "RuntimeError" in caplog.text
    assert "in fail" in caplog.text
    assert two.token not in caplog.text
    complaints.clear()
    assert (await _async_fill(hass, form, form_of(two)))["step_id"] == "scope"


async def test_another_store_is_chosen(
    hass: HomeAssistant, address: InfluxAddress
) -> None:
    """There and back, empty: what the recorder holds is learned anew."""
    await async_record(hass, household(days(TODAY - timedelta(10), 10)))
    entry = await async_set_up(hass)
    form = await entry.start_reconfigure_flow(hass)
    form = await hass.config_entries.flow.async_configure(
        form["flow_id"], {"store": kind_of(address)}
    )
    form = await hass.config_entries.flow.async_configure(
        form["flow_id"], form_of(address)
    )
    done = await hass.config_entries.flow.async_configure(
        form["flow_id"], {"next_step_id": "begin_empty"}
    )
    assert done["reason"] == "reconfigure_successful"
    await async_learned(hass)
    assert entry.data["store"] == kind_of(address)
    assert shown(hass, "days_learned") == "10"
    assert entry.runtime_data.parts.storage.remote is not None

    form = await entry.start_reconfigure_flow(hass)
    form = await hass.config_entries.flow.async_configure(
        form["flow_id"], {"store": kind_of(address)}
    )
    assert form["step_id"] == kind_of(address)
    assert _suggested(form)["prefix"] == address.prefix
    form = await entry.start_reconfigure_flow(hass)
    form = await hass.config_entries.flow.async_configure(
        form["flow_id"], {"store": "built_in"}
    )
    done = await hass.config_entries.flow.async_configure(
        form["flow_id"], {"next_step_id": "begin_empty"}
    )
    assert done["reason"] == "reconfigure_successful"
    await async_learned(hass)
    assert entry.data == {"store": "built_in"}
    assert shown(hass, "days_learned") == "10"


async def test_a_bucket_that_keeps_for_another_time(
    hass: HomeAssistant, address: InfluxAddress
) -> None:
    """A person is told which, and it is changed when they confirm."""
    await _async_make(hass, address, 400)
    await async_record(hass, household(days(TODAY - timedelta(10), 10)))
    entry = _entry(address)
    await _async_load(hass, entry)
    issues = ir.async_get(hass)
    found = {issue.translation_key: issue for (_, _), issue in issues.issues.items()}
    assert found.keys() == {"retention_fewer", "retention_more"}
    assert len(issues.issues) == 3
    daily = issues.async_get_issue(DOMAIN, f"retention_{address.bucket(Layer.DAILY)}")
    assert daily is not None
    assert daily.translation_placeholders == {
        "bucket": address.bucket(Layer.DAILY),
        "days": "90",
        "present": "400",
    }
    for issue in list(issues.issues.values()):
        flow = await _async_flow(hass, issue, RetentionFlow)
        form = await flow.async_step_init()
        assert form["type"] is FlowResultType.FORM
        assert issue.data is not None
        assert form["description_placeholders"] == {
            "bucket": issue.data["bucket"],
            "days": str(issue.data["days"]),
        }
        done = await flow.async_step_confirm({})
        assert done["type"] is FlowResultType.CREATE_ENTRY
    await async_call(hass, "run_analysis")
    assert not issues.issues


async def test_raw_states_need_not_be_kept(
    hass: HomeAssistant, address: InfluxAddress
) -> None:
    """Suggested once the days are learned; a bucket that keeps as little is left."""
    await _async_make_as_wanted(hass, address)
    raw = f"raw_{uuid4().hex[:8]}"
    core: dict[str, Any] = {"api_version": "2", "url": address.url, "bucket": raw}
    if address.version is InfluxVersion.V2:
        await hass.async_add_executor_job(_make_bucket, address, raw, None)
    else:
        await hass.async_add_executor_job(_make_database, address, raw)
        host, port = address.url.removeprefix("http://").split(":")
        core = {"api_version": "1", "host": host, "port": int(port), "database": raw}
        raw += "/autogen"
    MockConfigEntry(domain="influxdb", data=core).add_to_hass(hass)
    await async_record(hass, household(days(TODAY - timedelta(14), 14)))
    await _async_load(hass, _entry(address))
    issues = ir.async_get(hass)
    issue = issues.async_get_issue(DOMAIN, f"retention_{raw}")
    assert issue is not None
    assert issue.translation_key == "retention_raw"
    flow = await _async_flow(hass, issue, RetentionFlow)
    await flow.async_step_confirm({})
    await async_call(hass, "run_analysis")
    assert not issues.issues
    server = server_at(address)
    found = await hass.async_add_executor_job(server.buckets, [raw])
    await hass.async_add_executor_job(server.link.close)
    assert found[raw].days == 7


def _make_database(address: InfluxAddress, name: str) -> None:
    server = server_at(address)
    with closing(server.link):
        statement = f'CREATE DATABASE "{name}"'
        server.link.send("POST", "/query", {"q": statement})


def _make_bucket(address: InfluxAddress, name: str, kept: int | None) -> None:
    server = server_at(address)
    with closing(server.link):
        server.create(name, kept, 1)


async def _async_make_as_wanted(hass: HomeAssistant, address: InfluxAddress) -> None:
    for layer, kept in zip(Layer, (90, 365, 1825), strict=True):
        await hass.async_add_executor_job(
            _make_bucket, address, address.bucket(layer), kept
        )


async def test_a_bucket_that_lost_its_days(
    hass: HomeAssistant, two: InfluxAddress, complaints: list[str]
) -> None:
    """It is told as damage, and learned anew when a person confirms."""
    await _async_make_as_wanted(hass, two)
    await async_record(hass, household(days(TODAY - timedelta(10), 10)))
    entry = _entry(two)
    await _async_load(hass, entry)

    def lose() -> None:
        server = server_at(two)
        name = two.bucket(Layer.DAILY)
        with closing(server.link):
            key = server.buckets([name])[name].key
            server.link.send("DELETE", f"/api/v2/buckets/{key}")
            server.create(name, 90, 30)

    await hass.async_add_executor_job(lose)
    await hass.config_entries.async_reload(entry.entry_id)
    await async_learned(hass)
    assert shown(hass, "status") == "error"
    issue = ir.async_get(hass).async_get_issue(DOMAIN, "influxdb_damaged")
    assert issue is not None
    complaints.clear()
    flow = await _async_flow(hass, issue, DamagedInfluxFlow)
    assert (await flow.async_step_init())["type"] is FlowResultType.FORM
    await flow.async_step_confirm({})
    await async_learned(hass)
    assert shown(hass, "status") == "idle"
    assert shown(hass, "days_learned") == "10"
    assert not ir.async_get(hass).issues


async def test_damage_of_a_server_that_is_not_in_use(
    hass: HomeAssistant, two: InfluxAddress
) -> None:
    """What it holds is deleted all the same, and a person hears where it is not."""
    await _async_make_as_wanted(hass, two)
    await async_record(hass, household(days(TODAY - timedelta(10), 10)))
    entry = _entry(two)
    await _async_load(hass, entry)
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    flow = DamagedInfluxFlow(entry.entry_id)
    flow.hass = hass
    here = entry.data["influxdb"]
    _move(hass, entry, {**here, "url": "http://127.0.0.1:1"})
    told = await flow.async_step_confirm({})
    assert (told["type"], told["reason"]) == (FlowResultType.ABORT, "not_deleted")

    _move(hass, entry, here)
    home = await instance_id.async_get(hass)
    assert await hass.async_add_executor_job(raw_points, two, home)
    done = await flow.async_step_confirm({})
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert not await hass.async_add_executor_job(raw_points, two, home)


def _move(hass: HomeAssistant, entry: MockConfigEntry, server: dict[str, Any]) -> None:
    data = {**entry.data, "influxdb": server}
    hass.config_entries.async_update_entry(entry, data=data)


async def test_history_from_before_the_first_day(
    hass: HomeAssistant, address: InfluxAddress
) -> None:
    """It is learned anew in a file, which then takes the place of what there was."""
    await _async_make_as_wanted(hass, address)
    first = TODAY - timedelta(16)
    rows = household(days(first, 16))
    known = [row for row in rows if row.at.date() >= TODAY - timedelta(10)]
    await async_record(hass, known)
    entry = _entry(address)
    await _async_load(hass, entry)
    assert shown(hass, "days_learned") == "10"
    await async_record(hass, [row for row in rows if row not in known])
    response = await async_call(hass, "relearn", first_day=first.isoformat())
    assert response["days_processed"] == 16
    # From the file it takes the place of all, and is moved to the server.
    await async_learned(hass)
    await async_learned(hass)
    assert shown(hass, "days_learned") == "16"
    assert entry.data == _entry(address).data
    assert not anew_path(store_file(hass)).exists()
    store = entry.runtime_data.parts.storage.aggregates
    kept = await hass.async_add_executor_job(store.kept_days)
    assert list(kept) == days(first, 16)
    assert (await async_call(hass, "run_analysis"))["days_processed"] == 0
