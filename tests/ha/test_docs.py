"""The examples of the README, run as they stand there."""

from collections.abc import AsyncGenerator, Iterator
from datetime import date, timedelta
from pathlib import Path
import re
from typing import Any

from homeassistant.components.persistent_notification import (
    _async_get_or_create_notifications,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.template import Template
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    async_fire_time_changed,
    async_mock_service,
)
import yaml

from custom_components.pattern_intelligence.news import News, NewsKind

from .common import async_call, async_learned, async_set_up, shown
from .history import KITCHEN, async_record, days, household
from .patterns import anomaly, async_show, coordinator_of, habit, when
from .taps import DayTap

pytestmark = pytest.mark.freeze_time("2026-03-08 07:59:50+00:00")

REPO = Path(__file__).parents[2]
README = REPO / "README.md"
DASHBOARD = REPO / "docs" / "dashboard.md"


def _blocks() -> list[dict[str, Any]]:
    """Return the examples in YAML, in their order."""
    text = README.read_text(encoding="utf-8")
    examples = text.partition("\n## Examples\n")[2].partition("\n## ")[0]
    return [
        yaml.safe_load(block)
        for block in re.findall(r"```yaml\n(.*?)```", examples, re.DOTALL)
    ]


def _automation(alias: str) -> dict[str, Any]:
    (found,) = [
        automation
        for block in _blocks()
        for automation in block.get("automation", [])
        if automation["alias"] == alias
    ]
    example: dict[str, Any] = found
    return example


def _messages(hass: HomeAssistant) -> list[str]:
    notifications = _async_get_or_create_notifications(hass)
    return [notification["message"] for notification in notifications.values()]


@pytest.fixture(autouse=True)
async def notifications(hass: HomeAssistant) -> AsyncGenerator[None]:
    """Have notifications; afterwards, let no automation wait for its time."""
    assert await async_setup_component(hass, "persistent_notification", {})
    yield
    if hass.services.has_service("automation", "turn_off"):
        await hass.services.async_call(
            "automation", "turn_off", {"entity_id": "all"}, blocking=True
        )


async def _async_automate(hass: HomeAssistant, alias: str) -> None:
    assert await async_setup_component(
        hass, "automation", {"automation": [_automation(alias)]}
    )
    await hass.async_block_till_done()
    assert len(hass.states.async_entity_ids("automation")) == 1


async def _async_script(hass: HomeAssistant, name: str) -> None:
    scripts: dict[str, Any] = {}
    for block in _blocks():
        scripts |= block.get("script", {})
    if not hass.services.has_service("script", name):
        assert await async_setup_component(hass, "script", {"script": scripts})
    await hass.services.async_call("script", name, blocking=True)
    await async_learned(hass)


async def _async_statuses(hass: HomeAssistant) -> dict[str, str]:
    found = await async_call(hass, "get_patterns")
    return {pattern["id"]: pattern["status"] for pattern in found["patterns"]}


async def _async_home(hass: HomeAssistant) -> None:
    await async_record(hass, household(days(date(2026, 2, 8), 28)))
    await async_set_up(hass)


async def test_what_is_new_on_sunday(hass: HomeAssistant) -> None:
    """8 March 2026 is a Sunday; at nine, the new habits are listed."""
    await _async_home(hass)
    await _async_automate(hass, "New habits of the week")
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=10))
    await hass.async_block_till_done()
    found = await async_call(hass, "get_patterns", status="new", min_confidence=0.7)
    (message,) = _messages(hass)
    assert found["patterns"]
    assert all(pattern["title"] in message for pattern in found["patterns"])


async def test_something_unusual(hass: HomeAssistant) -> None:
    """An anomaly is told; a pattern that is discovered is not."""
    await async_set_up(hass)
    await _async_automate(hass, "Something unusual")
    found = habit("a", when("06:45", "06:31", "06:58")), anomaly("b", "2026-03-07")
    await async_show(hass, *found)
    for kind, pattern in zip(
        (NewsKind.DISCOVERED, NewsKind.ANOMALY), found, strict=True
    ):
        coordinator_of(hass).async_tell([News(kind, pattern)])
        await hass.async_block_till_done()
    assert _messages(hass) == ["Habit b"]


async def test_before_it_is_expected(hass: HomeAssistant) -> None:
    """Half an hour before the time that the sensor of the pattern says."""
    calls = async_mock_service(hass, "climate", "turn_on")
    await async_set_up(hass)
    await async_show(
        hass, habit("a", when("11:00", "10:40", "11:20"), title="Bathroom")
    )
    await async_call(hass, "follow_pattern", pattern_id="a")
    await hass.async_block_till_done()
    assert hass.states.get("sensor.pattern_intelligence_next_bathroom")
    await _async_automate(hass, "Warm bathroom")
    # 10:30 in Berlin.
    async_fire_time_changed(hass, dt_util.parse_datetime("2026-03-08 09:30:00+00:00"))
    await hass.async_block_till_done()
    assert len(calls) == 1
    assert calls[0].data["entity_id"] == ["climate.bathroom"]


async def test_deciding_by_script(hass: HomeAssistant) -> None:
    """Scripts accept, follow, hide, and take it all back."""
    await _async_home(hass)
    before = await _async_statuses(hass)
    await _async_script(hass, "keep_the_surest")
    assert list((await _async_statuses(hass)).values()).count("accepted") == 1
    followed = [
        entity_id
        for entity_id in hass.states.async_entity_ids("sensor")
        if entity_id.startswith("sensor.pattern_intelligence_next_")
    ]
    assert len(followed) == 2  # The next run is a sensor, too.
    await _async_script(hass, "hide_the_kitchen")
    kitchen = await async_call(hass, "get_patterns", entity_id=KITCHEN)
    assert {pattern["status"] for pattern in kitchen["patterns"]} == {"snoozed"}
    await _async_script(hass, "take_it_all_back")
    assert await _async_statuses(hass) == before
    assert coordinator_of(hass).data.shown.book == {}


async def test_learning_by_script(hass: HomeAssistant, written: DayTap) -> None:
    """Yesterday is read again, then the last week."""
    await _async_home(hass)
    await _async_script(hass, "learn_yesterday_again")
    assert written.days[28:] == [date(2026, 3, 7)]
    await _async_script(hass, "learn_the_last_week_again")
    assert written.days[29:] == days(date(2026, 3, 1), 7)


async def test_forgetting_by_script(hass: HomeAssistant) -> None:
    """What was learned of the light is gone."""
    await _async_home(hass)
    assert (await async_call(hass, "get_patterns", entity_id=KITCHEN))["patterns"]
    await _async_script(hass, "forget_one_light")
    found = await async_call(hass, "get_patterns", entity_id=KITCHEN)
    assert found["patterns"] == []


async def test_the_card(hass: HomeAssistant) -> None:
    """The card's template lists what the sensors have."""
    await _async_home(hass)
    (card,) = [block for block in _blocks() if block.get("type") == "markdown"]
    text = Template(card["content"], hass).async_render(parse_result=False)
    state = hass.states.get("sensor.pattern_intelligence_time_of_day_patterns")
    assert state is not None
    titles = [pattern["title"] for pattern in state.attributes["patterns"]]
    assert titles
    assert all(title in text for title in titles)
    assert int(shown(hass, "patterns")) >= len(titles)


def _cards(found: Any) -> Iterator[dict[str, Any]]:
    """Yield every card of a dashboard, however deep."""
    if isinstance(found, dict):
        if "type" in found:
            yield found
        for part in found.values():
            yield from _cards(part)
    elif isinstance(found, list):
        for part in found:
            yield from _cards(part)


async def test_the_dashboard(hass: HomeAssistant) -> None:
    """Every entity on it is there, and every text can be worked out."""
    await _async_home(hass)
    found = (await async_call(hass, "get_patterns"))["patterns"]
    timed = next(pattern for pattern in found if pattern["when"])
    link = next(pattern for pattern in found if pattern["type"] == "co_occurrence")
    for pattern in (timed, link):
        await async_call(hass, "follow_pattern", pattern_id=pattern["id"])
    await hass.async_block_till_done()
    text = DASHBOARD.read_text(encoding="utf-8")
    (block,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    cards = list(_cards(yaml.safe_load(block)))
    named = set(re.findall(r"(?:entity: |- )(\w+\.pattern_intelligence_\w+)", block))
    assert len(named) >= 10
    assert {entity_id for entity_id in named if hass.states.get(entity_id) is None} == (
        set()
    )
    texts = [
        Template(card["content"], hass).async_render(parse_result=False)
        for card in cards
        if card["type"] == "markdown"
    ]
    assert all(pattern["title"] in texts[0] for pattern in (timed, link))
    assert f"**{timed['title']}**: " in texts[1]
    assert f"**{link['title']}**: {round(link['confidence'] * 100)} % sure" in texts[1]
    assert "Nothing out of the ordinary" in texts[2]
    assert timed["title"] in texts[3]
