"""The store or the recorder fails: no day is lost, and a person hears of it once."""

from datetime import date
import logging

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import get_instance
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.recorder import session_scope
import pytest
from sqlalchemy import text

from custom_components.pattern_intelligence.const import DOMAIN
from custom_components.pattern_intelligence.stores.base import (
    StoreDamagedError,
    StoreUnavailableError,
)

from .common import (
    async_begin,
    async_call,
    async_clock,
    async_learned,
    async_set_up,
    attribute,
    shown,
)
from .history import async_record, days, household
from .taps import DayTap

pytestmark = pytest.mark.freeze_time("2026-03-02 11:00:00+00:00")

FIRST = date(2026, 2, 20)
FULL = "the disk is full: make room"


def _issue(hass: HomeAssistant, key: str) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, key)


async def _async_sql(hass: HomeAssistant, statement: str) -> None:
    def execute() -> None:
        with session_scope(hass=hass) as session:
            session.execute(text(statement))

    await get_instance(hass).async_add_executor_job(execute)


async def test_store_fails_for_a_while(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    written: DayTap,
    complaints: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Tried again after 5, then 10 minutes; each day is learned once, then all is well.

    It is said once that learning is held up, and once that it goes on.
    """
    caplog.set_level(logging.INFO)
    await async_record(hass, household(days(FIRST, 10)))
    written.failure = StoreUnavailableError(FULL)
    await async_set_up(hass)
    assert written.days == []
    assert shown(hass, "status") == "error"
    assert FULL in attribute(hass, "status", "message")
    assert shown(hass, "last_run") == "unknown"
    assert _issue(hass, "store_damaged") is None

    await async_clock(hass, freezer, "2026-03-02 11:05:01+00:00")
    assert shown(hass, "status") == "error"
    written.failure = None
    await async_clock(hass, freezer, "2026-03-02 11:14:59+00:00")
    assert written.days == []
    await async_clock(hass, freezer, "2026-03-02 11:15:03+00:00")
    assert written.days == days(FIRST, 10)
    assert shown(hass, "status") == "idle"
    assert attribute(hass, "status", "message") is None
    assert complaints == [f"Learning is held up, no day is lost: {FULL}"]
    complaints.clear()
    assert caplog.text.count("Learning goes on") == 1


async def test_service_says_what_is_wrong(
    hass: HomeAssistant, written: DayTap, complaints: list[str]
) -> None:
    """Whoever asks for a run hears why it failed."""
    await async_record(hass, household(days(FIRST, 10)))
    await async_set_up(hass)
    written.failure = StoreUnavailableError(FULL)
    with pytest.raises(HomeAssistantError) as raised:
        await async_call(hass, "run_analysis", days=2)
    assert raised.value.translation_key == "held_up"
    assert raised.value.translation_placeholders == {"error": FULL}
    assert shown(hass, "days_learned") == "10"
    complaints.clear()


async def test_store_found_damaged_while_learning(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    written: DayTap,
    complaints: list[str],
) -> None:
    """An issue says what to do; nothing is tried again before the next night."""
    await async_record(hass, household(days(FIRST, 12)))
    written.failure = StoreDamagedError("the file is damaged")
    await async_set_up(hass)
    assert shown(hass, "status") == "error"
    issue = _issue(hass, "store_damaged")
    assert issue is not None
    assert issue.severity is ir.IssueSeverity.ERROR
    written.failure = None
    await async_clock(hass, freezer, "2026-03-02 13:00:00+00:00")
    assert written.days == []
    await async_clock(hass, freezer, "2026-03-03 03:06:00+00:00")
    assert written.days == days(FIRST, 11)
    assert _issue(hass, "store_damaged") is None
    complaints.clear()


async def test_recorder_fails_for_a_while(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    written: DayTap,
    complaints: list[str],
) -> None:
    """A database that answers with an error is asked again five minutes later."""
    await async_record(hass, household(days(FIRST, 10)))
    entry = await async_set_up(hass)
    await async_record(hass, household(days(date(2026, 3, 2), 1)))
    freezer.move_to("2026-03-03 01:00:00+00:00")
    await _async_sql(hass, "ALTER TABLE event_types RENAME TO elsewhere")
    with pytest.raises(HomeAssistantError):
        await async_call(hass, "run_analysis")
    assert shown(hass, "status") == "error"
    assert entry.state.recoverable
    await _async_sql(hass, "ALTER TABLE elsewhere RENAME TO event_types")
    await async_clock(hass, freezer, "2026-03-03 03:06:00+00:00")
    assert shown(hass, "status") == "idle"
    assert written.days == days(FIRST, 11)
    assert _issue(hass, "recorder_unreadable") is None
    complaints.clear()


async def test_recorder_of_an_unknown_schema(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    written: DayTap,
    complaints: list[str],
) -> None:
    """A column that is read is not there: an issue says so until it is.

    In the night after, the second of March is over too.
    """
    await async_record(hass, household(days(FIRST, 10)))
    await _async_sql(hass, 'ALTER TABLE recorder_runs RENAME COLUMN "end" TO "over"')
    await async_set_up(hass)
    assert shown(hass, "status") == "error"
    issue = _issue(hass, "recorder_unreadable")
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert "recorder_runs.end" in issue.translation_placeholders["error"]
    await _async_sql(hass, 'ALTER TABLE recorder_runs RENAME COLUMN "over" TO "end"')
    await async_clock(hass, freezer, "2026-03-03 03:06:00+00:00")
    assert _issue(hass, "recorder_unreadable") is None
    assert written.days == days(FIRST, 11)
    complaints.clear()


async def test_recorder_that_migrates_is_waited_for(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, written: DayTap
) -> None:
    """The run begins when the recorder has finished; nobody is alarmed."""
    await async_record(hass, household(days(FIRST, 10)))
    get_instance(hass).migration_in_progress = True
    await async_begin(hass)
    await hass.async_block_till_done()
    assert shown(hass, "status") == "waiting_for_recorder"
    assert "migrating" in attribute(hass, "status", "message")
    get_instance(hass).migration_in_progress = False
    await async_clock(hass, freezer, "2026-03-02 11:00:11+00:00")
    assert written.days == days(FIRST, 10)
    assert shown(hass, "status") == "idle"


async def test_a_fault_of_ours_is_told_and_survived(
    hass: HomeAssistant, written: DayTap, complaints: list[str]
) -> None:
    """Even then the home keeps running, and the next run does what is due."""
    await async_record(hass, household(days(FIRST, 10)))
    written.failure = RuntimeError("never thought of")
    await async_set_up(hass)
    assert shown(hass, "status") == "error"
    assert complaints == ["Unexpected error while learning"]
    complaints.clear()
    written.failure = None
    response = await async_call(hass, "run_analysis")
    assert response["days_processed"] == 10
    assert shown(hass, "status") == "idle"


async def test_retry_is_forgotten_when_unloaded(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    written: DayTap,
    complaints: list[str],
) -> None:
    """What was to be tried again is not, once the entry is unloaded."""
    await async_record(hass, household(days(FIRST, 10)))
    written.failure = StoreUnavailableError(FULL)
    entry = await async_set_up(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    written.failure = None
    await async_clock(hass, freezer, "2026-03-02 12:00:00+00:00")
    assert written.days == []
    await hass.config_entries.async_setup(entry.entry_id)
    await async_learned(hass)
    assert written.days == days(FIRST, 10)
    complaints.clear()


async def test_clock_that_was_ahead(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, written: DayTap
) -> None:
    """Set back, it shows what was known then; what lies ahead is learned in its time."""
    await async_record(hass, household(days(date(2026, 2, 1), 29)))
    entry = await async_set_up(hass)
    before = await async_call(hass, "get_patterns")
    for now, last_day, learned in (
        ("2026-02-16 11:00:00+00:00", "2026-02-15", "15"),
        ("2026-03-02 11:00:00+00:00", "2026-03-01", "29"),
    ):
        await hass.config_entries.async_unload(entry.entry_id)
        freezer.move_to(now)
        await hass.config_entries.async_setup(entry.entry_id)
        await async_learned(hass)
        assert shown(hass, "status") == "idle"
        assert shown(hass, "days_learned") == learned
        found = await async_call(hass, "get_patterns")
        assert found["home"]["last_day"] == last_day
    assert found["patterns"] == before["patterns"]
    assert written.days == [
        *days(date(2026, 2, 1), 29),
        *days(date(2026, 2, 16), 14),
    ]


async def test_clock_that_was_a_year_ahead(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, written: DayTap
) -> None:
    """For two days; then all is as in a home in which that never happened.

    The day on which it jumped ahead is the last of those learned before.
    """
    real, ahead = days(date(2026, 1, 31), 31), days(date(2027, 3, 2), 2)
    await async_record(hass, household(real[:-1]))
    # The run under way has begun before.
    freezer.tick(60)
    entry = await async_set_up(hass)
    await async_record(hass, household(ahead))
    await async_clock(hass, freezer, "2027-03-04T03:06:00+00:00")
    assert written.days == real + ahead

    back = days(date(2026, 3, 4), 9)
    await async_record(hass, household(back, seed=2))
    await async_clock(hass, freezer, "2026-03-13T04:06:00+00:00")
    await async_call(hass, "run_analysis")
    assert written.days == real + ahead + days(date(2026, 3, 3), 10)
    found = await async_call(hass, "get_patterns")
    assert found["home"]["days"] == 41

    await hass.config_entries.async_remove(entry.entry_id)
    await async_set_up(hass)
    fresh = await async_call(hass, "get_patterns")
    assert fresh["home"] == found["home"]
    assert fresh["patterns"] == found["patterns"]
    assert fresh["track_record"] == found["track_record"]


async def test_unknown_time_zone(hass: HomeAssistant, complaints: list[str]) -> None:
    """It is said, and nothing is learned by the wrong clock."""
    await async_record(hass, household(days(FIRST, 10)))
    hass.config.time_zone = "Mars/Olympus_Mons"
    await async_set_up(hass)
    assert shown(hass, "status") == "error"
    assert "Mars/Olympus_Mons" in attribute(hass, "status", "message")
    assert shown(hass, "days_learned") == "0"
    complaints.clear()


async def test_home_that_moved(
    hass: HomeAssistant, written: DayTap, caplog: pytest.LogCaptureFixture
) -> None:
    """Days of another zone are other days: all is learned anew, which is said once.

    Where the days begin alike, only the zone's name is another.
    """
    caplog.set_level(logging.INFO)
    await async_record(hass, household(days(FIRST, 10)))
    entry = await async_set_up(hass)
    await hass.config.async_set_time_zone("Europe/Vienna")
    await async_call(hass, "run_analysis")
    assert written.days == days(FIRST, 10)

    await hass.config.async_set_time_zone("America/New_York")
    for _ in range(2):
        await async_call(hass, "run_analysis")
    assert written.days == days(FIRST, 10) * 2
    assert caplog.text.count("learned anew") == 1
    assert "Europe/Vienna" in caplog.text
    found = await async_call(hass, "get_patterns")
    assert found["home"]["time_zone"] == "America/New_York"

    await hass.config_entries.async_remove(entry.entry_id)
    await async_set_up(hass)
    fresh = await async_call(hass, "get_patterns")
    assert fresh["patterns"] == found["patterns"]
    assert fresh["track_record"] == found["track_record"]
