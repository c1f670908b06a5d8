"""Notifications are shown to those who asked for them, and to nobody else."""

from homeassistant.components.persistent_notification import (
    _async_get_or_create_notifications,
)
from homeassistant.core import HomeAssistant
import pytest

from custom_components.pattern_intelligence.news import News, NewsKind

from .common import async_call, async_set_up
from .patterns import anomaly, async_show, coordinator_of, habit, when

pytestmark = pytest.mark.freeze_time("2026-03-02 11:00:00+00:00")

TIME = when("06:45", "06:31", "06:58")


def _messages(hass: HomeAssistant) -> list[str]:
    shown = _async_get_or_create_notifications(hass)
    return [notification["message"] for notification in shown.values()]


async def _async_tell(hass: HomeAssistant, *news: News) -> None:
    await async_show(hass, *(one.pattern for one in news))
    coordinator_of(hass).async_tell(news)
    await hass.async_block_till_done()


async def test_nobody_asked(hass: HomeAssistant) -> None:
    """By default there are none."""
    await async_set_up(hass)
    await _async_tell(hass, News(NewsKind.DISCOVERED, habit("a", TIME)))
    assert _messages(hass) == []


async def test_only_what_was_asked_for(hass: HomeAssistant) -> None:
    """One notification with a heading for each kind that is wanted."""
    await async_set_up(hass, notifications={"discovered": True, "anomaly": True})
    await _async_tell(
        hass,
        News(NewsKind.ANOMALY, anomaly("b", "2026-03-01")),
        News(NewsKind.DISCOVERED, habit("a", TIME)),
        News(NewsKind.FADED, habit("c", TIME)),
    )
    assert _messages(hass) == [
        "**Discovered**\n- Habit a\n\n**Out of the ordinary**\n- Habit b"
    ]


async def test_many_at_once(hass: HomeAssistant) -> None:
    """Ten are named, and the others counted."""
    await async_set_up(hass, notifications={"discovered": True})
    await _async_tell(
        hass,
        *(News(NewsKind.DISCOVERED, habit(str(n), TIME)) for n in range(12)),
    )
    (message,) = _messages(hass)
    assert message.splitlines()[-2:] == ["- Habit 9", "- … (+2)"]


async def test_dismissed(hass: HomeAssistant) -> None:
    """What the person does not want to see is not shown here either."""
    await async_set_up(hass, notifications={"changed": True})
    await async_show(hass, habit("a", TIME))
    await async_call(hass, "dismiss_pattern", pattern_id="a")
    await _async_tell(hass, News(NewsKind.CHANGED, habit("a", TIME)))
    assert _messages(hass) == []
