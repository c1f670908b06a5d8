"""What meters counted, beside what the recorder itself says of it."""

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Literal
from zoneinfo import ZoneInfo

from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import (
    async_import_statistics,
    statistics_during_period,
)
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from custom_components.pattern_intelligence.engine.day_sums import sum_consumption
from custom_components.pattern_intelligence.engine.past_consumption import sum_counts
from custom_components.pattern_intelligence.engine.summarize import summarize
from custom_components.pattern_intelligence.engine.sums import CONSUMPTION_SUM
from custom_components.pattern_intelligence.engine.tables import CONSUMPTION
from custom_components.pattern_intelligence.stores.base import Layer
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore
from tests.engine.builders import BERLIN, dated

from .common import async_set_up, store_file
from .history import async_record, days as dates, household
from .test_recorder_source import async_ask, async_source

type Period = Literal["hour", "day", "week", "month"]

METER = "sensor.meter"
FIRST = date(2026, 1, 29)
LAST = date(2026, 4, 2)


async def async_count(
    hass: HomeAssistant, first: date = FIRST, last: date = LAST
) -> None:
    """Have a meter counted, whose total sometimes falls and sometimes is missing."""
    random = Random(3)
    hour = datetime.combine(first, time(), ZoneInfo("Europe/Berlin"))
    end = datetime.combine(last + timedelta(days=1), time(), hour.tzinfo)
    total, rows = 20.0, []
    hour, end = hour.astimezone(ZoneInfo("UTC")), end.astimezone(ZoneInfo("UTC"))
    while hour < end:
        total += random.choice([0.0, 0.125, 1.0 / 3.0, 2.5, -0.75])
        if random.random() < 0.97:
            rows.append(StatisticData(start=hour, state=total, sum=total))
        hour += timedelta(hours=1)
    metadata = StatisticMetaData(
        mean_type=StatisticMeanType.NONE,
        has_sum=True,
        name=None,
        source="recorder",
        statistic_id=METER,
        unit_class="energy",
        unit_of_measurement="kWh",
    )
    async_import_statistics(hass, metadata, rows)
    await async_wait_recording_done(hass)


async def async_changes(
    hass: HomeAssistant, period: Period, first: date, before: date
) -> list[tuple[date, float]]:
    """Return what the recorder itself says was counted in each period."""
    zone = ZoneInfo("Europe/Berlin")
    start, end = (datetime.combine(day, time(), zone) for day in (first, before))
    found = await async_ask(
        hass,
        lambda: statistics_during_period(
            hass, start, end, {METER}, period, None, {"change"}
        ),
    )
    return [
        (datetime.fromtimestamp(row["start"], zone).date(), row["change"] or 0)
        for row in found[METER]
    ]


async def test_days_weeks_and_months(hass: HomeAssistant) -> None:
    """To a thousandth, also over the night in spring whose clock skips an hour."""
    await async_count(hass)
    source = await async_source(hass)
    days = [
        (day, summarize(await async_ask(hass, source.read, day)))
        for day in (FIRST + timedelta(days=n) for n in range(64))
    ]
    told = await async_changes(hass, "day", FIRST, LAST + timedelta(days=1))
    assert [day for day, _ in told] == [day for day, _ in days]
    for (_, tables), (_, change) in zip(days, told, strict=True):
        table = tables[CONSUMPTION.name]
        assert table.texts("unit") == ("kWh",)
        assert table.numbers("amount")[0] == pytest.approx(1000 * change, abs=1)

    (meter,) = await async_ask(hass, source.meters)
    assert await async_ask(hass, source.begun, [meter]) == FIRST
    periods: dict[Period, list[date]] = {
        "week": [date(2026, 2, 2) + timedelta(weeks=n) for n in range(9)],
        "month": [date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)],
    }
    for kind, starts in periods.items():
        first, before = starts[0], starts[-1]
        counts = await async_ask(hass, source.counted, meter, first, before)
        sums = sum_counts(BERLIN, counts, starts[:-1], before)
        told = await async_changes(hass, kind, first, before)
        for start, table, (day, change) in zip(starts, sums, told, strict=False):
            assert day == start
            assert table.numbers("amount")[0] == pytest.approx(1000 * change, abs=1)
        # The recorder tells of the period in which the last day lies, too.
        assert len(told) >= len(sums) == len(starts) - 1
        span = [(day, t) for day, t in days if first <= day < starts[1]]
        assert sums[0] == sum_consumption(BERLIN, dated(span, CONSUMPTION))


async def test_hours(hass: HomeAssistant) -> None:
    """Hour by hour; the first there is counts from nothing."""
    await async_count(hass, FIRST, FIRST + timedelta(days=1))
    source = await async_source(hass)
    (meter,) = await async_ask(hass, source.meters)
    before = FIRST + timedelta(days=2)
    counts = await async_ask(hass, source.counted, meter, FIRST, before)
    told = await async_changes(hass, "hour", FIRST, before)
    assert counts.amount.size == len(told) > 40
    for amount, (_, change) in zip(counts.amount.tolist(), told, strict=True):
        assert amount == pytest.approx(1000 * change, abs=1)


@pytest.mark.freeze_time("2026-03-02 11:00:00+00:00")
async def test_the_first_learning_reaches_back(hass: HomeAssistant) -> None:
    """Months before the first day recorded are there, and hold what meters counted."""
    await async_record(hass, household(dates(date(2026, 2, 20), 11)))
    await async_count(hass, date(2025, 11, 10), date(2026, 3, 1))
    entry = await async_set_up(hass)
    store = SqliteStore(store_file(hass))
    months = [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)]
    assert store.periods(Layer.MONTHLY) == [*months, date(2026, 2, 1)]
    found = store.read_periods(
        Layer.MONTHLY, CONSUMPTION_SUM, months[0], date(2026, 2, 1)
    ).table
    assert found.texts("entity_id") == (METER,) * 4
    assert found.numbers("days").tolist() == [21, 31, 31, 9]
    told = await async_changes(hass, "month", months[0], date(2026, 2, 1))
    for amount, (_, change) in zip(
        found.numbers("amount").tolist()[:3], told[:3], strict=True
    ):
        assert amount == pytest.approx(1000 * change, abs=1)
    assert store.periods(Layer.WEEKLY)[0] == date(2025, 11, 10)
    store.close()
    await hass.config_entries.async_unload(entry.entry_id)
