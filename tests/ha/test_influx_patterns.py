"""What the recorder and InfluxDB hold of the same time gives the same patterns."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from homeassistant.components.recorder import CONF_COMMIT_INTERVAL, get_instance
from homeassistant.core import Context, HomeAssistant
import numpy as np
import pytest

from benchmarks.learned import context_of
from benchmarks.recorder_file import user_id
from benchmarks.simulator import Home, simulate
from custom_components.pattern_intelligence.engine.detectors import registry
from custom_components.pattern_intelligence.engine.happenings import GAP_STATES
from custom_components.pattern_intelligence.engine.home import Home as HomeContext
from custom_components.pattern_intelligence.engine.pattern import Json
from custom_components.pattern_intelligence.engine.provenance import PHYSICAL
from custom_components.pattern_intelligence.engine.rawday import RawDay
from custom_components.pattern_intelligence.engine.scope import Scope
from custom_components.pattern_intelligence.runner import Runner
from custom_components.pattern_intelligence.sources.base import DaySource
from custom_components.pattern_intelligence.sources.influx.server import Server
from custom_components.pattern_intelligence.sources.influx.source import InfluxSource
from custom_components.pattern_intelligence.sources.recorder import RecorderSource
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore
from tests.sources.builder import ms
from tests.sources.conftest import carried_of, rows_of
from tests.stores.influx_servers import Servers

from .core_influxdb import LAYOUTS, Said, async_write, new_bucket

FIRST = date(2025, 1, 13)
NOW = "2026-03-02 11:00"

pytestmark = pytest.mark.freeze_time("2026-03-02 10:00:00+00:00")


@pytest.fixture
def recorder_config() -> dict[str, Any]:
    """Have the recorder write many states at once, as it does in a home."""
    return {CONF_COMMIT_INTERVAL: 1}


class Causeless:
    """The recorder's days, without what only its contexts tell."""

    def __init__(self, source: DaySource) -> None:
        """Take the source."""
        self.extent, self.silent, self._read = source.extent, source.silent, source.read

    def read(self, day: date, carried: Mapping[str, str] = {}) -> RawDay:
        """Return the rows of a day as if nobody was known to have done anything."""
        raw = self._read(day, carried)
        return replace(
            raw, cause=np.full(raw.rows, PHYSICAL, np.int16), automations=("",)
        )


def said_by(home: Home) -> Iterator[Said]:
    """Yield what the entities of a simulated home say, while they are there at all.

    Without its motion sensors, which say four fifths of it.
    """
    stream = home.stream
    users = [Context(user_id=user_id(name)) for name in home.users]
    for at, entity, state, user in zip(
        stream.instant.tolist(),
        stream.entity.tolist(),
        stream.state.tolist(),
        stream.user.tolist(),
        strict=True,
    ):
        own, text = home.entities[entity], stream.labels[state]
        if text in GAP_STATES or own.device_class == "motion":
            continue
        attributes = {"friendly_name": own.name, "device_class": own.device_class}
        yield Said(
            at,
            own.entity_id,
            text,
            {
                **{k: v for k, v in attributes.items() if v},
                **({"unit_of_measurement": own.unit} if own.unit else {}),
            },
            users[user] if user >= 0 else None,
        )


def learned(source: DaySource, home: HomeContext, path: Path) -> Json:
    """Return what is known at the end of what a source holds."""
    store = SqliteStore(path)
    runner = Runner(store, home, registry())
    extent = source.extent()
    assert extent
    for day in runner.due(*extent):
        runner.learn(source.read(day, runner.carried_into(day)))
    report = runner.report(extent[1])
    store.close()
    assert report
    return report.as_json()


@pytest.mark.parametrize(
    ("version", "layout", "days"),
    [
        ("2.7", "units", 14),
        *(
            pytest.param(
                *(version, layout, 365),
                marks=[pytest.mark.slow, pytest.mark.timeout(7200)],
            )
            for version in ("2.7", "1.8")
            for layout in ("units", "override")
        ),
    ],
)
async def test_the_same_patterns(
    hass: HomeAssistant,
    influx_servers: Servers,
    socket_enabled: None,
    tmp_path: Path,
    version: str,
    layout: str,
    days: int,
) -> None:
    """Written at the same time by Home Assistant's own integrations."""
    server = influx_servers.get(version)
    place = new_bucket(server)
    home = simulate(3, days, first_day=FIRST, rich=days > 14, rows_per_day=0)
    context = context_of(home)
    await async_write(hass, server, place, said_by(home), **LAYOUTS[layout])
    instance = get_instance(hass)
    await instance.async_block_till_done()
    influx = InfluxSource(Server(place), context, Scope(), ms(NOW))
    recorder = Causeless(RecorderSource(hass, context, Scope()))
    job = instance.async_add_executor_job
    known = await job(learned, influx, context, tmp_path / "influx.db")
    expected = await job(learned, recorder, context, tmp_path / "recorder.db")
    assert known == expected
    assert len(known["patterns"]) > (20 if days > 14 else 0)
    last = date.fromisoformat(known["home"]["last_day"])
    written, recorded = await job(influx.read, last), await job(recorder.read, last)
    assert sorted(rows_of(written)) == sorted(rows_of(recorded))
    assert carried_of(written) == carried_of(recorded)
