"""Days of the recorder that are learned again on request."""

from datetime import date, timedelta
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
import pytest
from pytest_homeassistant_custom_component.common import MockUser
import voluptuous as vol

from custom_components.pattern_intelligence.const import DOMAIN
from custom_components.pattern_intelligence.stores.base import StoreUnavailableError
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .common import async_call, async_learned, async_set_up
from .history import async_record, days, household
from .taps import DayTap

pytestmark = pytest.mark.freeze_time("2026-03-02 11:00:00+00:00")

FIRST = date(2026, 2, 1)


async def test_a_range(hass: HomeAssistant, written: DayTap) -> None:
    """Three days in the middle are read again, and nothing changes by that."""
    await async_record(hass, household(days(FIRST, 29)))
    await async_set_up(hass)
    before = await async_call(hass, "get_patterns")
    response = await async_call(
        hass, "relearn", first_day="2026-02-10", last_day="2026-02-12"
    )
    assert written.days[29:] == days(date(2026, 2, 10), 3)
    # Light and kettle have seven rows a day, and the door has twelve.
    assert (response["days_processed"], response["events"]) == (3, 3 * 19)
    assert response["patterns_changed"] == 0
    after = await async_call(hass, "get_patterns")
    assert after["patterns"] == before["patterns"]


async def test_up_to_yesterday(hass: HomeAssistant, written: DayTap) -> None:
    """Without a last day, all days since the first one."""
    await async_record(hass, household(days(FIRST, 29)))
    await async_set_up(hass)
    await async_call(hass, "relearn", first_day="2026-02-26")
    assert written.days[29:] == days(date(2026, 2, 26), 4)


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({"first_day": "2026-02-12", "last_day": "2026-02-11"}, "days_reversed"),
        ({"first_day": "2026-01-31"}, "days_not_recorded"),
        ({"first_day": "2026-02-20", "last_day": "2026-03-02"}, "days_not_recorded"),
        # 1 March is the newest day learned: 27 days end with it.
        ({"first_day": "2026-02-02"}, "days_too_old"),
        ({"first_day": "2026-02-20", "read_again": True}, "only_influxdb_again"),
    ],
)
async def test_what_is_refused(
    hass: HomeAssistant, written: DayTap, asked: dict[str, Any], key: str
) -> None:
    """The answer says what could be asked for, and nothing is learned."""
    await async_record(hass, household(days(FIRST, 29)))
    await async_set_up(hass)
    with pytest.raises(ServiceValidationError) as raised:
        await async_call(hass, "relearn", **asked)
    assert raised.value.translation_key == key
    assert len(written.days) == 29


async def test_the_oldest_day_that_can_be_asked_for(
    hass: HomeAssistant, written: DayTap
) -> None:
    """27 days end with the newest one learned."""
    await async_record(hass, household(days(FIRST, 29)))
    await async_set_up(hass)
    await async_call(hass, "relearn", first_day="2026-02-03", last_day="2026-02-03")
    assert written.days[29:] == [date(2026, 2, 3)]


@pytest.mark.parametrize("asked", [{}, {"first_day": "yesterday"}])
async def test_bad_calls(hass: HomeAssistant, asked: dict[str, Any]) -> None:
    """The schema wants a date."""
    await async_set_up(hass)
    with pytest.raises(vol.Invalid):
        await async_call(hass, "relearn", **asked)


async def test_nothing_recorded_yet(hass: HomeAssistant) -> None:
    """On the first day there is nothing to learn again."""
    await async_set_up(hass)
    with pytest.raises(ServiceValidationError) as raised:
        await async_call(hass, "relearn", first_day="2026-03-01")
    assert raised.value.translation_key == "waiting_for_history"


async def test_store_that_fails(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asked hears why."""
    await async_record(hass, household(days(FIRST, 3)))
    await async_set_up(hass)

    def away(_store: SqliteStore) -> None:
        raise StoreUnavailableError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(SqliteStore, "learned", away)
        with pytest.raises(HomeAssistantError) as raised:
            await async_call(hass, "relearn", first_day="2026-02-02")
    assert raised.value.translation_key == "held_up"
    assert raised.value.translation_placeholders == {"error": "the disk is gone"}


async def test_a_first_day_that_cannot_be_kept(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After all was forgotten, whoever asks hears why nothing is learned."""
    await async_record(hass, household(days(FIRST, 3)))
    await async_set_up(hass)
    await async_call(hass, "forget", everything=True)
    await async_learned(hass)

    def away(_store: SqliteStore, _name: str, _text: str) -> None:
        raise StoreUnavailableError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(SqliteStore, "write_text", away)
        with pytest.raises(HomeAssistantError) as raised:
            await async_call(hass, "relearn", first_day="2026-02-02")
    assert raised.value.translation_key == "held_up"


async def test_before_the_first_day_is_learned(
    hass: HomeAssistant, written: DayTap, complaints: list[str]
) -> None:
    """Nothing was forgotten, so all that is recorded is due and stays so."""
    await async_record(hass, household(days(FIRST, 5)))
    written.failure = StoreUnavailableError("the disk is full")
    await async_set_up(hass)
    written.failure = None
    await async_call(hass, "relearn", first_day=(FIRST + timedelta(3)).isoformat())
    assert written.days == days(FIRST, 5)
    complaints.clear()


async def test_only_admins(hass: HomeAssistant, hass_read_only_user: MockUser) -> None:
    """What is learned is changed by admins alone."""
    await async_set_up(hass)
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN,
            "relearn",
            {"first_day": "2026-02-20"},
            blocking=True,
            context=Context(user_id=hass_read_only_user.id),
        )
