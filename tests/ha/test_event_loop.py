"""How long the event loop stands still while a run is under way."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from benchmarks.recorder_file import write_home
from benchmarks.simulator import simulate
from custom_components.pattern_intelligence.const import Trigger
from custom_components.pattern_intelligence.work import Wish

from .common import async_set_up, learner_of

DAYS = 63
ROWS_PER_DAY = 20_000
TICK_S = 0.001


@pytest.fixture
def recorder_db_url(tmp_path: Path) -> str:
    """Let the recorder open a database that another Home Assistant has filled."""
    first = dt_util.now().date() - timedelta(days=DAYS)
    home = simulate(7, DAYS, first_day=first, rows_per_day=ROWS_PER_DAY)
    return f"sqlite:///{write_home(home, tmp_path)}"


@asynccontextmanager
async def watched() -> AsyncGenerator[list[tuple[float, float]]]:
    """Collect by how many milliseconds each tick came late.

    The second figure is bounded by what this process computed meanwhile: the rest of
    the first one is what other programs on the machine took.
    """
    late: list[tuple[float, float]] = []

    async def watch() -> None:
        while True:
            before, computed = perf_counter(), process_time()
            await asyncio.sleep(TICK_S)
            waited = (perf_counter() - before - TICK_S) * 1000
            late.append((waited, min(waited, (process_time() - computed) * 1000)))

    task = asyncio.create_task(watch())
    try:
        yield late
    finally:
        task.cancel()


@pytest.mark.slow
async def test_report_the_longest_stall(
    hass: HomeAssistant, capsys: pytest.CaptureFixture[str]
) -> None:
    """First learning, and a run after it: reported, not judged."""
    # The debug mode of tests makes every callback slower.
    hass.loop.set_debug(False)
    async with watched() as idle:
        await asyncio.sleep(5)
    async with watched() as first:
        entry = await async_set_up(hass)
    async with watched() as again:
        record = await learner_of(entry).async_run(Trigger.SERVICE, Wish(again=1))
    assert record.days >= 1
    with capsys.disabled():
        for name, late in (("idle", idle), ("first", first), ("again", again)):
            for what, ticks in zip(
                ("late", "own"), zip(*late, strict=True), strict=True
            ):
                worst = [round(ms, 1) for ms in sorted(ticks, reverse=True)[:6]]
                print(f"\n{name}, {what}, ms: {worst} of {len(ticks)}")  # noqa: T201
        print(record.as_json())  # noqa: T201
