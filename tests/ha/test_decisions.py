"""What a person decides of patterns: kept, laid over, and followed through changes."""

from datetime import date
import json
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.pattern_intelligence.const import DOMAIN
from custom_components.pattern_intelligence.decisions import (
    DECISIONS,
    Book,
    decide,
    read_book,
)
from custom_components.pattern_intelligence.engine.pattern import Json
from custom_components.pattern_intelligence.overlay import lay_over
from custom_components.pattern_intelligence.stores.base import StoreUnavailableError
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .common import async_call, async_clock, async_learned, async_set_up, shown
from .history import KITCHEN, async_record, days, household

pytestmark = pytest.mark.freeze_time("2026-03-02 11:00:00+00:00")

TODAY = date(2026, 3, 2)
NOW = "2026-03-02T11:00:00+00:00"


def _pattern(id_: str, time: str, confidence: float = 0.8, **more: Any) -> Json:
    """Return a habit of the kitchen light that keeps a time within ten minutes."""
    hour, minute = time.split(":")
    return {
        "id": id_,
        "type": "time_of_day",
        "entities": [{"entity_id": KITCHEN, "state": "on"}],
        "area_ids": [],
        "when": {
            "time": time,
            "earliest": f"{hour}:{int(minute) - 5:02d}",
            "latest": f"{hour}:{int(minute) + 5:02d}",
            "anchor": "each",
            "weekdays": ["mon", "tue"],
            "day_kind": "any",
            "date": None,
        },
        "context": None,
        "duration_s": None,
        "confidence": confidence,
        "status": "active",
        **more,
    }


def _report(*patterns: Json, first_day: str = "2026-02-01") -> Json:
    return {"home": {"first_day": first_day}, "patterns": list(patterns)}


def _same(entity_id: str) -> str:
    return entity_id


def _decided(report: Json, id_: str, **changes: Any) -> Book:
    shown = lay_over(report, {}, _same, TODAY)
    return decide(shown, id_, NOW, report["home"]["first_day"], **changes)[0]


def test_a_habit_keeps_its_decision_while_it_drifts() -> None:
    """However far its time moves, an id is the same habit in the same history."""
    book = _decided(_report(_pattern("a", "06:45")), "a", verdict="accepted")
    later = lay_over(_report(_pattern("a", "09:10")), book, _same, TODAY)
    assert [p["status"] for p in later.patterns] == ["accepted"]
    assert later.patterns[0]["life_status"] == "active"
    (decision,) = later.book.values()
    assert decision.pattern == _pattern("a", "06:45")
    assert decision.last_when is not None
    assert decision.last_when["time"] == "09:10"


def test_ids_that_change_hands_when_all_is_learned_anew() -> None:
    """The evening's habit was dismissed; anew, its id is that of the morning's."""
    before = _report(_pattern("a", "06:45"), _pattern("b", "21:30"))
    book = _decided(before, "b", verdict="dismissed")
    anew = _report(
        _pattern("a", "21:40"), _pattern("b", "06:50"), first_day="2026-02-20"
    )
    shown = lay_over(anew, book, _same, TODAY)
    assert {p["id"]: p["status"] for p in shown.patterns} == {
        "a": "dismissed",
        "b": "active",
    }


def test_a_decision_on_what_is_not_found_anew_waits() -> None:
    """It is nobody's meanwhile, and its habit's again when that comes back."""
    book = _decided(_report(_pattern("a", "06:45")), "a", verdict="dismissed")
    other = _report(_pattern("a", "12:00"), first_day="2026-02-20")
    shown = lay_over(other, book, _same, TODAY)
    assert shown.patterns[0]["status"] == "active"
    back = _report(
        _pattern("a", "12:00"), _pattern("b", "06:50"), first_day="2026-02-20"
    )
    shown = lay_over(back, shown.book, _same, TODAY)
    assert [p["status"] for p in shown.patterns] == ["active", "dismissed"]


def test_a_decision_goes_with_a_renamed_entity() -> None:
    """Learned anew under another id, it is still the same light."""
    book = _decided(_report(_pattern("a", "06:45")), "a", verdict="accepted")
    renamed = _pattern("x", "06:45")
    renamed["entities"] = [{"entity_id": "light.new", "state": "on"}]
    shown = lay_over(
        _report(renamed, first_day="2026-02-20"),
        book,
        lambda entity_id: "light.new" if entity_id == KITCHEN else entity_id,
        TODAY,
    )
    assert shown.patterns[0]["status"] == "accepted"


def test_how_long_it_lasts_tells_programs_apart() -> None:
    """The long program was dismissed; anew, its id is that of the short one's."""

    def program(id_: str, minutes: int) -> Json:
        one = _pattern(id_, "06:45", type="duration", when=None)
        median = 60 * minutes
        spread = {"median": median, "p10": 0.9 * median, "p90": 1.1 * median}
        return one | {"duration_s": spread}

    book = _decided(
        _report(program("a", 30), program("b", 120)), "b", verdict="dismissed"
    )
    anew = _report(program("a", 125), program("b", 31), first_day="2026-02-20")
    shown = lay_over(anew, book, _same, TODAY)
    assert {p["id"]: p["status"] for p in shown.patterns} == {
        "a": "dismissed",
        "b": "active",
    }


def test_an_anomaly_is_one_of_its_day() -> None:
    """What is dismissed of one day says nothing of another."""

    def anomaly(id_: str, day: str) -> Json:
        one = _pattern(id_, "03:10", type="anomaly")
        one["when"]["date"] = day
        return one

    book = _decided(_report(anomaly("a", "2026-02-20")), "a", verdict="dismissed")
    anew = _report(
        anomaly("b", "2026-02-21"), anomaly("c", "2026-02-20"), first_day="2026-02-10"
    )
    shown = lay_over(anew, book, _same, TODAY)
    assert [p["status"] for p in shown.patterns] == ["active", "dismissed"]


def test_snoozed_until_a_day() -> None:
    """It is shown again on that day, and then nothing is decided any more."""
    report = _report(_pattern("a", "06:45"))
    book = _decided(report, "a", verdict="snoozed", until="2026-03-04")
    assert lay_over(report, book, _same, date(2026, 3, 3)).patterns[0]["status"] == (
        "snoozed"
    )
    woken = lay_over(report, book, _same, date(2026, 3, 4))
    assert woken.patterns[0]["status"] == "active"
    assert woken.book == {}


def test_a_new_habit_may_have_the_id_of_an_old_decision() -> None:
    """Both decisions are kept, each with its own habit."""
    book = _decided(_report(_pattern("a", "06:45")), "a", verdict="dismissed")
    anew = _report(_pattern("a", "21:30"), first_day="2026-02-20")
    shown = lay_over(anew, book, _same, TODAY)
    book, decision = decide(shown, "a", NOW, "2026-02-20", verdict="accepted")
    assert decision is not None
    assert len(book) == 2
    both = _report(
        _pattern("a", "21:30"), _pattern("b", "06:45"), first_day="2026-02-20"
    )
    shown = lay_over(both, book, _same, TODAY)
    assert {p["id"]: p["status"] for p in shown.patterns} == {
        "a": "accepted",
        "b": "dismissed",
    }


def test_unsure_patterns_are_left_out_unless_wanted() -> None:
    """What the person asked not to see stays away, but not what was accepted."""
    report = _report(_pattern("a", "06:45", 0.6), _pattern("b", "21:30", 0.7))
    book = _decided(report, "a", verdict="accepted")
    shown = lay_over(report, book, _same, TODAY, lambda _: 0.8)
    assert [p["id"] for p in shown.patterns] == ["a"]


@pytest.mark.parametrize("text", [None, "[]", '[{"key": "a"}]', '["a"]'])
def test_what_cannot_be_read_is_no_decision(text: str | None) -> None:
    """A list that something else wrote does not keep the entry from loading."""
    assert read_book(text) == {}


async def _async_first(hass: HomeAssistant) -> Json:
    """Return the surest time of day."""
    found = await async_call(hass, "get_patterns", type="time_of_day")
    pattern: Json = found["patterns"][0]
    return pattern


async def _async_home(hass: HomeAssistant) -> MockConfigEntry:
    await async_record(hass, household(days(date(2026, 2, 1), 29)))
    return await async_set_up(hass)


async def test_accepted_and_restored(hass: HomeAssistant) -> None:
    """The status says so, and everything else about the pattern stays."""
    await _async_home(hass)
    before = await _async_first(hass)
    response = await async_call(hass, "accept_pattern", pattern_id=before["id"])
    assert response == {
        "pattern_id": before["id"],
        "title": before["title"],
        "status": "accepted",
        "followed": False,
        "snoozed_until": None,
    }
    after = await _async_first(hass)
    assert after == before | {"status": "accepted"}
    assert (await async_call(hass, "get_patterns", status="accepted"))["patterns"] == [
        after
    ]
    response = await async_call(hass, "restore_pattern", pattern_id=before["id"])
    assert response["status"] == before["status"]
    assert await _async_first(hass) == before


async def test_dismissed_is_counted_no_more(hass: HomeAssistant) -> None:
    """Sensors leave it out; the service gives it with its status."""
    await _async_home(hass)
    count = int(shown(hass, "patterns"))
    pattern = await _async_first(hass)
    await async_call(hass, "dismiss_pattern", pattern_id=pattern["id"])
    assert int(shown(hass, "patterns")) == count - 1
    state = hass.states.get("sensor.pattern_intelligence_time_of_day_patterns")
    assert state is not None
    assert pattern["id"] not in [p["id"] for p in state.attributes["patterns"]]
    found = await async_call(hass, "get_patterns", status="dismissed")
    assert [p["id"] for p in found["patterns"]] == [pattern["id"]]


async def test_snoozed_by_days(hass: HomeAssistant, freezer: Any) -> None:
    """Two days later it is shown again."""
    await _async_home(hass)
    pattern = await _async_first(hass)
    response = await async_call(
        hass, "dismiss_pattern", pattern_id=pattern["id"], days=2
    )
    assert (response["status"], response["snoozed_until"]) == ("snoozed", "2026-03-04")
    await async_clock(hass, freezer, "2026-03-03 04:06:00+01:00")
    found = await async_call(hass, "get_patterns", status="snoozed")
    assert [p["id"] for p in found["patterns"]] == [pattern["id"]]
    count = int(shown(hass, "patterns"))
    # Before that night's run, which a home that does not learn never has.
    await async_clock(hass, freezer, "2026-03-04 00:00:00+01:00")
    assert not (await async_call(hass, "get_patterns", status="snoozed"))["patterns"]
    assert int(shown(hass, "patterns")) == count + 1


async def test_decisions_outlive_a_reload_and_learning_again(
    hass: HomeAssistant,
) -> None:
    """They are kept at once, and are no part of what is found."""
    entry = await _async_home(hass)
    pattern = await _async_first(hass)
    await async_call(hass, "accept_pattern", pattern_id=pattern["id"])
    kept = entry.runtime_data.parts.storage.local.read_text(DECISIONS)
    assert json.loads(kept)[0]["pattern"]["status"] == pattern["status"]
    assert '"status":"accepted"' not in (
        entry.runtime_data.parts.storage.local.read_text("report")
    )
    await hass.config_entries.async_reload(entry.entry_id)
    await async_learned(hass)
    await async_call(hass, "run_analysis", days=27)
    after = await _async_first(hass)
    assert (after["id"], after["status"]) == (pattern["id"], "accepted")


async def test_decisions_do_not_change_what_a_run_counts(hass: HomeAssistant) -> None:
    """A pattern that was dismissed has not changed by itself."""
    await _async_home(hass)
    pattern = await _async_first(hass)
    await async_call(hass, "dismiss_pattern", pattern_id=pattern["id"])
    assert (await async_call(hass, "run_analysis"))["patterns_changed"] == 0


SERVICES = (
    "accept_pattern",
    "dismiss_pattern",
    "restore_pattern",
    "follow_pattern",
    "unfollow_pattern",
)


@pytest.mark.parametrize("service", SERVICES)
async def test_only_admins_decide(
    hass: HomeAssistant, hass_read_only_user: MockUser, service: str
) -> None:
    """A user who is no admin is refused; an automation, without user, is not."""
    await _async_home(hass)
    pattern = await _async_first(hass)
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN,
            service,
            {"pattern_id": pattern["id"]},
            blocking=True,
            context=Context(user_id=hass_read_only_user.id),
        )
    assert await _async_first(hass) == pattern
    await async_call(hass, service, pattern_id=pattern["id"])


@pytest.mark.parametrize("service", SERVICES)
async def test_unknown_pattern(hass: HomeAssistant, service: str) -> None:
    """The answer says which id is unknown, and where ids are found."""
    await async_set_up(hass)
    with pytest.raises(ServiceValidationError) as raised:
        await async_call(hass, service, pattern_id="0123")
    assert raised.value.translation_key == "unknown_pattern"
    assert raised.value.translation_placeholders == {"pattern_id": "0123"}


async def test_decision_that_cannot_be_kept(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told, and nothing is shown as decided."""
    await _async_home(hass)
    pattern = await _async_first(hass)

    def full(_store: SqliteStore, _name: str, _text: str) -> None:
        raise StoreUnavailableError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(SqliteStore, "write_text", full)
        with pytest.raises(HomeAssistantError) as raised:
            await async_call(hass, "accept_pattern", pattern_id=pattern["id"])
    assert raised.value.translation_key == "not_kept"
    assert await _async_first(hass) == pattern


async def test_decision_on_a_pattern_that_is_hidden_by_scope(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    """Its pattern is gone from view; the decision can be taken back all the same."""
    entry = await _async_home(hass)
    pattern = await _async_first(hass)
    await async_call(hass, "dismiss_pattern", pattern_id=pattern["id"])
    left_out = [entity["entity_id"] for entity in pattern["entities"]]
    hass.config_entries.async_update_entry(
        entry, options={"scope": {"excluded_entities": left_out}}
    )
    await hass.config_entries.async_reload(entry.entry_id)
    await async_learned(hass)
    assert entry.runtime_data.parts.coordinator.data.shown.book
    await async_call(hass, "restore_pattern", pattern_id=pattern["id"])
    assert not entry.runtime_data.parts.coordinator.data.shown.book
