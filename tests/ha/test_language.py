"""Everything a person sees is said in the home's language."""

from datetime import date
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.pattern_intelligence.const import DOMAIN
from custom_components.pattern_intelligence.stores.base import StoreUnavailableError
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .common import async_call, async_clock, async_set_up, attribute, shown, store_file
from .history import KETTLE, async_record, days, household

pytestmark = pytest.mark.freeze_time("2026-03-02 11:00:00+00:00")

FULL = StoreUnavailableError("{path} cannot grow: make room on its disk", path="x.db")
FULL_IN_GERMAN = "x.db kann nicht wachsen: Schaffe Platz auf der Festplatte"


async def _async_speak(hass: HomeAssistant, language: str) -> None:
    await hass.config.async_update(language=language)
    await hass.async_block_till_done()


async def _async_titles(hass: HomeAssistant) -> list[str]:
    found = await async_call(hass, "get_patterns", type="time_of_day")
    return [pattern["title"] for pattern in found["patterns"]]


async def test_patterns(hass: HomeAssistant) -> None:
    """Titles, descriptions, and why nothing was found."""
    await _async_speak(hass, "de-CH")
    await async_record(hass, household(days(date(2026, 2, 1), 29)))
    await async_set_up(hass)
    found = await async_call(hass, "get_patterns")
    (kettle,) = (p for p in found["patterns"] if p["type"] == "time_of_day")
    assert kettle["entities"] == [{"entity_id": KETTLE, "state": "off"}]
    time = kettle["when"]["time"]
    assert kettle["title"] == f"Kettle geht aus – täglich gegen {time}"
    assert kettle["description"].startswith("Zwischen ")
    assert found["not_yet"]["session"] == (
        "keine Geräte eines Raums werden stärker zusammen benutzt, als es ihr eigener "
        "Rhythmus erklärt"
    )


async def test_the_language_changes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Moments later all is said in the other one; what nobody translated, in English."""
    await async_record(hass, household(days(date(2026, 2, 1), 29)))
    await async_set_up(hass)
    english = await _async_titles(hass)
    assert any(" turns off about " in title for title in english)
    await _async_speak(hass, "fr")
    await async_clock(hass, freezer, "2026-03-02 11:00:10+00:00")
    french = await _async_titles(hass)
    assert any(" s'éteint – tous les jours vers " in title for title in french)
    await _async_speak(hass, "tlh")
    await async_clock(hass, freezer, "2026-03-02 11:00:20+00:00")
    assert await _async_titles(hass) == english


async def test_what_goes_wrong(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, complaints: list[str]
) -> None:
    """The log is for all the world, and English; what is shown is for the home."""
    await _async_speak(hass, "de")
    await async_record(hass, household(days(date(2026, 2, 1), 3)))

    def full(*_args: Any, **_more: Any) -> None:
        raise FULL

    with monkeypatch.context() as patch:
        patch.setattr(SqliteStore, "write_day", full)
        await async_set_up(hass)
        assert shown(hass, "status") == "error"
        assert FULL_IN_GERMAN in attribute(hass, "status", "message")
        with pytest.raises(HomeAssistantError) as raised:
            await async_call(hass, "run_analysis")
        assert raised.value.translation_placeholders == {"error": FULL_IN_GERMAN}
    assert complaints == [f"Learning is held up, no day is lost: {FULL}"]
    complaints.clear()


async def test_what_has_to_be_repaired(
    hass: HomeAssistant, complaints: list[str]
) -> None:
    """An issue is shown by Home Assistant, with what it is told in the language."""
    await _async_speak(hass, "nl")
    store_file(hass).write_bytes(b"garbage" * 100)
    await async_set_up(hass)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, "store_damaged")
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert "is geen database" in issue.translation_placeholders["error"]
    complaints.clear()
