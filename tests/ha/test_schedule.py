"""When runs begin, and that each day is learned exactly once."""

from datetime import date, datetime

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.pattern_intelligence.const import Trigger
from custom_components.pattern_intelligence.engine.tables import EXPOSURE
from custom_components.pattern_intelligence.stores.base import AggregateStore
from custom_components.pattern_intelligence.work import Wish

from .common import (
    async_begin,
    async_clock,
    async_learned,
    async_set_up,
    learner_of,
    shown,
)
from .history import KITCHEN, Row, async_record, at, days, household
from .taps import DayTap
from .test_config_flow import OPTIONS


@pytest.mark.freeze_time("2026-03-28 12:00:00+01:00")
async def test_nights_around_the_lost_hour(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, written: DayTap
) -> None:
    """On 29 March 2026 the clock goes from 02:00 to 03:00: 04:05 is there each night.

    04:05 is 03:05 UTC before the change, and 02:05 UTC from then on.
    """
    await async_record(hass, household(days(date(2026, 3, 26), 6)))
    await async_set_up(hass)
    assert written.days == days(date(2026, 3, 26), 2)
    assert shown(hass, "next_run").startswith("2026-03-29T02:05:")
    for now, learned in (
        ("2026-03-29 04:04:59+02:00", 2),
        ("2026-03-29 04:06:00+02:00", 3),
        ("2026-03-29 05:06:00+02:00", 3),
        ("2026-03-30 04:06:00+02:00", 4),
    ):
        await async_clock(hass, freezer, now)
        assert len(written.days) == learned, now
    assert written.days == days(date(2026, 3, 26), 4)
    assert shown(hass, "next_run").startswith("2026-03-31T02:05:")


@pytest.mark.freeze_time("2026-10-24 12:00:00+02:00")
async def test_nights_around_the_doubled_hour(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, written: DayTap
) -> None:
    """On 25 October 2026 the clock goes back from 03:00 to 02:00."""
    await async_record(hass, household(days(date(2026, 10, 22), 6)))
    await async_set_up(hass)
    assert written.days == days(date(2026, 10, 22), 2)
    assert shown(hass, "next_run").startswith("2026-10-25T03:05:")
    for now, learned in (
        ("2026-10-25 02:30:00+01:00", 2),
        ("2026-10-25 04:06:00+01:00", 3),
        ("2026-10-26 04:06:00+01:00", 4),
    ):
        await async_clock(hass, freezer, now)
        assert len(written.days) == learned, now
    assert written.days == days(date(2026, 10, 22), 4)


@pytest.mark.freeze_time("2026-03-28 12:00:00+01:00")
async def test_a_time_that_is_skipped(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, written: DayTap
) -> None:
    """02:30 does not exist on 29 March; the night after makes up for it."""
    await async_record(hass, household(days(date(2026, 3, 26), 6)))
    await _async_move(hass, await async_set_up(hass), "02:30:00")
    for now in ("2026-03-29 03:31:00+02:00", "2026-03-30 02:31:00+02:00"):
        await async_clock(hass, freezer, now)
    assert written.days == days(date(2026, 3, 26), 4)


@pytest.mark.freeze_time("2026-10-24 12:00:00+02:00")
async def test_a_time_that_is_doubled(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, written: DayTap
) -> None:
    """02:30 comes twice on 25 October; the day before is learned once."""
    await async_record(hass, household(days(date(2026, 10, 22), 6)))
    await _async_move(hass, await async_set_up(hass), "02:30:00")
    for now in (
        "2026-10-25 02:31:00+02:00",
        "2026-10-25 02:31:00+01:00",
        "2026-10-26 02:31:00+01:00",
    ):
        await async_clock(hass, freezer, now)
    assert written.days == days(date(2026, 10, 22), 4)


@pytest.mark.freeze_time("2026-03-02 12:00:00+01:00")
async def test_a_week_of_downtime(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, written: DayTap
) -> None:
    """What the recorder holds of the days without us is learned at the next start."""
    await async_record(hass, household(days(date(2026, 2, 26), 14)))
    entry = await async_set_up(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    freezer.move_to("2026-03-09 12:00:00+01:00")
    await hass.config_entries.async_setup(entry.entry_id)
    await async_learned(hass)
    assert written.days == days(date(2026, 2, 26), 11)


@pytest.mark.freeze_time("2026-03-02 12:00:00+01:00")
async def test_waits_until_home_assistant_is_up(
    hass: HomeAssistant, written: DayTap
) -> None:
    """Learning does not make starting slower."""
    await async_record(hass, household(days(date(2026, 2, 26), 4)))
    hass.set_state(CoreState.starting)
    await async_set_up(hass)
    assert written.days == []
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await async_learned(hass)
    assert written.days == days(date(2026, 2, 26), 4)


@pytest.mark.freeze_time("2026-03-02 12:00:00+01:00")
async def test_a_night_amid_a_run(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, written: DayTap
) -> None:
    """Years are not learned by nightfall: the day that ends meanwhile follows."""
    await async_record(hass, household(days(date(2026, 2, 26), 6)))
    written.stop_before(date(2026, 2, 27))
    await async_begin(hass)
    await hass.async_add_executor_job(written.wait)
    freezer.move_to(datetime.fromisoformat("2026-03-03 04:06:00+01:00"))
    async_fire_time_changed(hass)
    written.release()
    await async_learned(hass)
    assert written.days == days(date(2026, 2, 26), 5)


@pytest.mark.freeze_time("2026-03-02 12:00:00+01:00")
async def test_a_second_request_joins(hass: HomeAssistant, written: DayTap) -> None:
    """Two requests during a run are one with it; a wish is still fulfilled."""
    await async_record(hass, household(days(date(2026, 2, 26), 4)))
    written.stop_before(date(2026, 2, 27))
    entry = await async_begin(hass)
    await hass.async_add_executor_job(written.wait)
    learner = learner_of(entry)
    plain = learner.async_run(Trigger.NIGHTLY)
    wishing = learner.async_run(Trigger.SERVICE, Wish(again=2))
    assert plain is wishing
    written.release()
    record = await wishing
    assert record.trigger is Trigger.START
    assert record.error is None
    assert written.days == [
        *days(date(2026, 2, 26), 4),
        *days(date(2026, 2, 28), 2),
    ]
    assert record.days == 6


@pytest.mark.freeze_time("2026-03-02 12:00:00+01:00")
async def test_stop_in_the_middle_and_resume(
    hass: HomeAssistant, written: DayTap
) -> None:
    """The day under way is finished; the next start goes on with the one after it."""
    await async_record(hass, household(days(date(2026, 2, 20), 10)))
    entry = await async_begin(hass)
    for stop in (date(2026, 2, 22), date(2026, 2, 25)):
        written.stop_before(stop)
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_add_executor_job(written.wait)
        written.release_soon()
        await hass.config_entries.async_unload(entry.entry_id)
        assert written.days[-1] == stop
        await hass.config_entries.async_setup(entry.entry_id)
    await async_learned(hass)
    assert written.days == days(date(2026, 2, 20), 10)
    assert shown(hass, "days_learned") == "10"


@pytest.mark.freeze_time("2026-03-02 12:00:00+01:00")
async def test_stop_of_home_assistant_in_the_middle(
    hass: HomeAssistant, written: DayTap
) -> None:
    """The day under way is written as a whole, and no other begins."""
    await async_record(hass, household(days(date(2026, 2, 20), 10)))
    written.stop_before(date(2026, 2, 22))
    entry = await async_begin(hass)
    await hass.async_add_executor_job(written.wait)
    run = learner_of(entry).async_run(Trigger.SERVICE)
    written.release_soon()
    await hass.async_stop(force=True)
    assert run.cancelled()
    assert written.days == days(date(2026, 2, 20), 3)


@pytest.mark.freeze_time("2026-03-02 12:00:00+01:00")
async def test_killed_between_a_day_learned_again_and_the_next(
    hass: HomeAssistant, written: DayTap, complaints: list[str]
) -> None:
    """What a day carries into the next has changed: the next is learned all the same.

    The kitchen light is found to have been left on over midnight of 23 February. That
    day is learned again, then the run breaks off before the next is written.
    """
    rows = [
        row
        for row in household(days(date(2026, 2, 20), 10))
        # Without a row at midnight, what is carried over it counts.
        if row.at.hour or row.at.minute or row.entity_id != KITCHEN
    ]
    await async_record(hass, rows)
    entry = await async_set_up(hass)
    store = entry.runtime_data.parts.storage.aggregates
    the_24th = date(2026, 2, 24)
    assert _carried_in(store, the_24th) == "off"
    await async_record(hass, [Row(at(date(2026, 2, 23), "23:30"), KITCHEN, "on")])
    written.stop_before(the_24th)
    run = learner_of(entry).async_run(Trigger.SERVICE, Wish(again=7))
    await hass.async_add_executor_job(written.wait)
    written.failure = RuntimeError("killed")
    written.release()
    assert (await run).error == "killed"
    complaints.clear()
    assert written.days[10:] == [date(2026, 2, 23)]
    assert _carried_in(store, the_24th) == "off"

    written.failure = None
    for _ in range(2):
        await learner_of(entry).async_run(Trigger.START)
        assert written.days[10:] == days(date(2026, 2, 23), 3)
    assert _carried_in(store, the_24th) == "on"


def _carried_in(store: AggregateStore, day: date) -> str:
    """Return the state of the kitchen light that a day began with."""
    table = store.read_days(EXPOSURE, day, day).table
    row = table.texts("entity_id").index(KITCHEN)
    return table.texts("carried_in")[row]


async def _async_move(hass: HomeAssistant, entry: MockConfigEntry, time: str) -> None:
    """Have runs begin at another time, as a person does it."""
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    await hass.config_entries.options.async_configure(
        flow["flow_id"], OPTIONS | {"schedule": {"time": time}}
    )
    await async_learned(hass)
    assert f":30:{shown(hass, 'next_run')[17:19]}" in shown(hass, "next_run")
