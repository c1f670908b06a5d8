"""What is told of patterns, each once: the event entity."""

from datetime import date
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
import pytest

from custom_components.pattern_intelligence.const import DOMAIN
from custom_components.pattern_intelligence.engine.pattern import Json
from custom_components.pattern_intelligence.news import TOLD, NewsKind, Told
from custom_components.pattern_intelligence.stores.base import StoreUnavailableError
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .common import async_call, async_clock, async_learned, async_set_up, shown
from .history import async_record, days, household
from .patterns import anomaly, async_show, coordinator_of, habit, report, when

pytestmark = pytest.mark.freeze_time("2026-03-02 11:00:00+00:00")

NEWS = "event.pattern_intelligence_news"
TODAY = date(2026, 3, 2)
TIME = when("06:45", "06:31", "06:58")


def _kinds(told: Told, found: Json) -> list[tuple[str, str]]:
    return [(one.kind.value, one.pattern["id"]) for one in told.tell(found, TODAY)[1]]


def test_the_first_look_is_no_news() -> None:
    """What was there all the time is known from then on."""
    told, news = Told().tell(report(habit("a", TIME), habit("b", TIME)), TODAY)
    assert news == []
    assert told.new_since(TODAY) == {"a", "b"}


def test_each_is_told_once() -> None:
    """A pattern that comes is told, and not again when it comes back."""
    told, _ = Told().tell(report(habit("a", TIME)), TODAY)
    both = report(habit("a", TIME), habit("b", TIME))
    assert _kinds(told, both) == [("discovered", "b")]
    told, _ = told.tell(both, TODAY)
    told, news = told.tell(report(habit("a", TIME)), TODAY)
    assert news == []
    assert _kinds(told, both) == []


@pytest.mark.parametrize(
    ("status", "kinds"),
    [
        ("changed", [("changed", "a")]),
        ("fading", [("faded", "a")]),
        ("active", []),
        ("new", []),
    ],
)
def test_a_status_that_has_changed(status: str, kinds: list[tuple[str, str]]) -> None:
    """What moves and what fades is news when that begins, and no other status is."""
    told, _ = Told().tell(report(habit("a", TIME, status="new")), TODAY)
    later = report(habit("a", TIME, status=status))
    assert _kinds(told, later) == kinds
    told, _ = told.tell(later, TODAY)
    assert _kinds(told, later) == []


def test_a_detector_that_is_new() -> None:
    """What it finds at its first look is no news, what it finds later is."""
    told, _ = Told().tell(report(habit("a", TIME)), TODAY)
    first = report(habit("a", TIME), anomaly("b", "2026-02-01"))
    told, news = told.tell(first, TODAY)
    assert news == []
    assert _kinds(told, report(anomaly("c", "2026-03-01"))) == [("anomaly", "c")]


def test_a_detector_that_had_nothing_to_say() -> None:
    """It has looked, so its first pattern is news."""
    told, _ = Told().tell({**report(), "not_yet": {"anomaly": "Waits."}}, TODAY)
    assert _kinds(told, report(anomaly("c", "2026-03-01"))) == [("anomaly", "c")]


def test_as_text() -> None:
    """It outlives a restart; what cannot be read counts as nothing told."""
    told, _ = Told().tell(report(habit("a", TIME, status="fading")), TODAY)
    assert Told.from_text(told.to_text()) == told
    for text in (None, "", "[]", "{}", "{"):
        assert Told.from_text(text).new_since(TODAY) == frozenset()


@pytest.fixture(name="heard")
def heard_fixture(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Return the attributes of all events, as they happen."""
    heard: list[dict[str, Any]] = []

    @callback
    def listen(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if state is not None and state.state not in {"unknown", "unavailable"}:
            heard.append(dict(state.attributes))

    async_track_state_change_event(hass, NEWS, listen)
    return heard


async def test_a_habit_is_discovered(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    heard: list[dict[str, Any]],
) -> None:
    """At four days nothing is known; day by day, each new pattern happens once."""
    await async_record(hass, household(days(date(2026, 2, 1), 29)))
    freezer.move_to("2026-02-05 11:00:00+00:00")
    await async_set_up(hass)
    assert (await async_call(hass, "get_patterns"))["patterns"] == []
    assert heard == []
    for day in range(6, 29):
        await async_clock(hass, freezer, f"2026-02-{day:02d} 04:06:00+01:00")
    await async_learned(hass)
    new = {p["id"] for p in (await async_call(hass, "get_patterns"))["patterns"]}
    assert new
    discovered = [h["pattern_id"] for h in heard if h["event_type"] == "discovered"]
    assert len(discovered) == len(set(discovered))
    assert new <= set(discovered)
    first = next(h for h in heard if h["pattern_id"] in new)
    assert first["event_types"] == [kind.value for kind in NewsKind]
    assert {"title", "type", "confidence"} <= first.keys()


async def test_several_at_once(
    hass: HomeAssistant, heard: list[dict[str, Any]]
) -> None:
    """Each happens by itself, and what is dismissed does not."""
    await async_set_up(hass)
    found = [habit("a", TIME), anomaly("b", "2026-03-01"), habit("c", TIME)]
    await async_show(hass, *found)
    await async_call(hass, "dismiss_pattern", pattern_id="c")
    told, _ = Told().tell(
        {**report(), "not_yet": {"time_of_day": "", "anomaly": ""}}, TODAY
    )
    _, news = told.tell(report(*found), TODAY)
    coordinator_of(hass).async_tell(news)
    await hass.async_block_till_done()
    assert [(h["event_type"], h["pattern_id"], h["date"]) for h in heard] == [
        ("discovered", "a", None),
        ("anomaly", "b", "2026-03-01"),
    ]


async def test_new_this_week(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """What was first found seven days ago is no longer new."""
    await async_record(hass, household(days(date(2026, 2, 1), 29)))
    await async_set_up(hass)
    count = int(shown(hass, "patterns"))
    assert int(shown(hass, "new_this_week")) == count > 0
    await async_clock(hass, freezer, "2026-03-08 04:06:00+01:00")
    assert int(shown(hass, "new_this_week")) >= count
    await async_clock(hass, freezer, "2026-03-09 04:06:00+01:00")
    assert int(shown(hass, "new_this_week")) < count


async def test_news_that_cannot_be_noted_as_told(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    heard: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    complaints: list[str],
) -> None:
    """They are told first: whoever is stopped in between tells them twice, not never."""
    await async_record(hass, household(days(date(2026, 2, 1), 29)))
    freezer.move_to("2026-02-05 11:00:00+00:00")
    await async_set_up(hass)
    write = SqliteStore.write_text

    def full(store: SqliteStore, name: str, text: str) -> None:
        if name == TOLD:
            raise StoreUnavailableError("the disk is full")
        write(store, name, text)

    with monkeypatch.context() as patch:
        patch.setattr(SqliteStore, "write_text", full)
        await async_clock(hass, freezer, "2026-02-28 04:06:00+01:00")
    first = [one["pattern_id"] for one in heard]
    assert first
    complaints.clear()
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    await hass.config_entries.async_reload(entry.entry_id)
    await async_learned(hass)
    # The entity comes back with the last one; then all are told again.
    again = [one["pattern_id"] for one in heard[len(first) :]]
    assert again == [first[-1], *first]
