"""What is forgotten is gone from every layer, and what is left is as it was."""

from datetime import date
import json
import threading
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.helpers import area_registry as ar, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.pattern_intelligence import services_forgetting
from custom_components.pattern_intelligence.backup import (
    async_post_backup,
    async_pre_backup,
)
from custom_components.pattern_intelligence.const import DOMAIN, Trigger
from custom_components.pattern_intelligence.engine.home import Home
from custom_components.pattern_intelligence.engine.sums import SUM_TABLES
from custom_components.pattern_intelligence.engine.tables import DAY_TABLES
from custom_components.pattern_intelligence.forgetting import Subject, forget
from custom_components.pattern_intelligence.run import Run
from custom_components.pattern_intelligence.stores.base import (
    Layer,
    Retention,
    StoreUnavailableError,
)
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore
from custom_components.pattern_intelligence.work import Wish

from .common import (
    async_begin,
    async_call,
    async_clock,
    async_learned,
    async_set_up,
    learner_of,
    shown,
    store_file,
)
from .history import DOOR, KETTLE, KITCHEN, async_record, days, household
from .taps import DayTap

pytestmark = pytest.mark.freeze_time("2026-03-02 11:00:00+00:00")

FIRST = date(2026, 2, 1)
LAST = date(2026, 3, 1)


def _stored_ids(store: SqliteStore) -> set[str]:
    """Return every entity id in any table of any layer."""
    found = [store.read_days(spec, FIRST, LAST) for spec in DAY_TABLES]
    for layer in (Layer.WEEKLY, Layer.MONTHLY):
        found += [
            store.read_periods(layer, spec, date(2026, 1, 1), LAST)
            for spec in SUM_TABLES
        ]
    return {one for rows in found for one in rows.table.texts("entity_id")}


def _mentions(store: SqliteStore, entity_id: str) -> bool:
    """Tell whether an entity is named in anything that is kept."""
    texts = [
        store.read_text(name) or ""
        for name in ("report", "decisions", "runs", "told", "renames")
    ]
    last = LAST
    while (life := store.read_life(last)) is not None:
        texts.append(life[1])
        last = date.fromordinal(life[0].toordinal() - 1)
    return any(entity_id in text for text in texts)


async def _async_home(hass: HomeAssistant, **options: Any) -> MockConfigEntry:
    await async_record(hass, household(days(FIRST, 29)))
    return await async_set_up(hass, **options)


def _store(entry: MockConfigEntry) -> SqliteStore:
    store: SqliteStore = entry.runtime_data.parts.storage.built_in
    return store


async def test_an_entity(hass: HomeAssistant) -> None:
    """The kettle is gone from days, weeks, months, life, patterns and decisions."""
    entry = await _async_home(hass)
    before = await async_call(hass, "get_patterns")
    kettles = await async_call(hass, "get_patterns", entity_id=KETTLE)
    assert kettles["patterns"]
    pattern_id = kettles["patterns"][0]["id"]
    await async_call(hass, "accept_pattern", pattern_id=pattern_id)
    assert KETTLE in _stored_ids(_store(entry))
    assert _mentions(_store(entry), KETTLE)

    response = await async_call(hass, "forget", entity_id=KETTLE)
    await async_learned(hass)
    assert response["entities"] == [KETTLE]
    assert response["rows"] > 29
    assert _stored_ids(_store(entry)) == {KITCHEN, DOOR, "home"}
    assert not _mentions(_store(entry), KETTLE)
    after = await async_call(hass, "get_patterns")
    assert after["home"]["days"] == before["home"]["days"]
    assert not (await async_call(hass, "get_patterns", entity_id=KETTLE))["patterns"]
    kitchen = [p["id"] for p in after["patterns"]]
    assert kitchen
    assert set(kitchen) <= {p["id"] for p in before["patterns"]}


async def test_what_was_odd_of_it(hass: HomeAssistant) -> None:
    """Verdicts on other entities stay; days that are no longer kept do no harm."""
    entry = await _async_home(hass)
    store = _store(entry)

    def odd(entity_id: str) -> dict[str, Any]:
        return {"type": "anomaly", "entities": [[entity_id, "on"]], "area_ids": []}

    store.write_verdicts(LAST, json.dumps([odd(KETTLE), odd(DOOR)]))
    store.forget_before(LAST, Retention(daily=10))
    forget(store, store, Subject(frozenset({KETTLE}), frozenset(), lambda one: one))
    texts = store.read_verdicts(FIRST, LAST)
    assert json.loads(texts[LAST]) == [odd(DOOR)]
    assert len(store.kept_days()) == 10
    assert len(store.learned()) == 29
    assert _stored_ids(store) == {KITCHEN, DOOR, "home"}


async def test_before_anything_was_learned(hass: HomeAssistant) -> None:
    """There is nothing to forget, and that is no error."""
    await async_set_up(hass)
    response = await async_call(hass, "forget", entity_id=KETTLE)
    assert response == {"entities": [KETTLE], "rows": 0}


async def test_what_is_left_is_as_it_was(hass: HomeAssistant) -> None:
    """Rows of the others are the same, day by day and in the sums."""
    entry = await _async_home(hass)
    store = _store(entry)
    spec = DAY_TABLES[0]
    before = store.read_days(spec, FIRST, LAST)
    learned = store.learned()
    gone = before.table.texts("entity_id").count(KETTLE)
    assert forget(
        store, store, Subject(frozenset({KETTLE}), frozenset(), lambda one: one)
    )
    after = store.read_days(spec, FIRST, LAST)
    assert len(after.table) == len(before.table) - gone
    others = [
        row
        for row, entity in enumerate(before.table.texts("entity_id"))
        if entity != KETTLE
    ]
    assert after.table.texts("instants") == tuple(
        before.table.texts("instants")[row] for row in others
    )
    assert after.day.tolist() == before.day[others].tolist()
    assert store.learned() == learned


async def test_an_area(
    hass: HomeAssistant,
    area_registry: ar.AreaRegistry,
    entity_registry: er.EntityRegistry,
) -> None:
    """All entities in it are forgotten."""
    area = area_registry.async_create("Kitchen")
    light = entity_registry.async_get_or_create(
        "light", "test", "1", suggested_object_id="kitchen"
    )
    entity_registry.async_update_entity(light.entity_id, area_id=area.id)
    entry = await _async_home(hass)
    response = await async_call(hass, "forget", area_id=area.id)
    await async_learned(hass)
    assert response["entities"] == [KITCHEN]
    assert _stored_ids(_store(entry)) == {KETTLE, DOOR, "home"}


async def test_an_entity_that_was_renamed(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    """What was learned under its old id is forgotten, too."""
    kettle = entity_registry.async_get_or_create(
        "switch", "test", "1", suggested_object_id="kettle"
    )
    entry = await _async_home(hass)
    entity_registry.async_update_entity(
        kettle.entity_id, new_entity_id="switch.new_kettle"
    )
    await async_call(hass, "forget", entity_id="switch.new_kettle")
    await async_learned(hass)
    assert _stored_ids(_store(entry)) == {KITCHEN, DOOR, "home"}


async def test_a_room_as_such() -> None:
    """What mentions an area in its list of areas is forgotten with the area."""
    subject = Subject(frozenset({"light.a"}), frozenset({"kitchen"}), lambda one: one)
    of_room = {"entities": [], "area_ids": ["kitchen"]}
    of_other = {"entities": [["input_select.room", "kitchen"]], "area_ids": ["hall"]}
    of_entity = {"context": {"entity_id": "light.a"}, "area_ids": []}
    assert subject.without([of_room, of_other, of_entity]) == [of_other]


async def test_everything(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """All is gone and stays gone; what comes from now on is learned."""
    entry = await _async_home(hass)
    pattern = (await async_call(hass, "get_patterns"))["patterns"][0]
    await async_call(hass, "accept_pattern", pattern_id=pattern["id"])
    assert await async_call(hass, "forget", everything=True) == {"days": 29}
    await async_learned(hass)
    store = _store(entry)
    assert not store.learned()
    assert _stored_ids(store) == set()
    assert not any(_mentions(store, one) for one in (KITCHEN, KETTLE, DOOR))
    assert shown(hass, "patterns") == shown(hass, "days_learned") == "0"
    response = await async_call(hass, "get_patterns")
    assert response["patterns"] == []
    assert response["home"]["days"] == 0

    await hass.config_entries.async_reload(entry.entry_id)
    await async_learned(hass)
    assert shown(hass, "days_learned") == "0"

    await async_record(hass, household([date(2026, 3, 2)]))
    await async_clock(hass, freezer, "2026-03-03 04:06:00+01:00")
    assert [mark.day for mark in _store(entry).learned()] == [date(2026, 3, 2)]


async def test_everything_and_learned_anew(
    hass: HomeAssistant, written: DayTap
) -> None:
    """After everything was forgotten, any range of the recorder can be learned."""
    await _async_home(hass)
    before = await async_call(hass, "get_patterns")
    await async_call(hass, "forget", everything=True)
    response = await async_call(hass, "relearn", first_day="2026-02-01")
    assert response["days_processed"] == 29
    assert written.days[29:] == days(FIRST, 29)
    after = await async_call(hass, "get_patterns")
    assert after["patterns"] == before["patterns"]


async def test_while_a_run_is_under_way(hass: HomeAssistant, written: DayTap) -> None:
    """What the run had read of an entity does not bring it back."""
    await async_record(hass, household(days(FIRST, 29)))
    written.stop_before(date(2026, 2, 20))
    entry = await async_begin(hass)
    await hass.async_add_executor_job(written.wait)
    written.release_soon()
    await async_call(hass, "forget", everything=True)
    await async_learned(hass)
    assert not _store(entry).learned()


async def test_a_run_that_begins_meanwhile(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits until all is forgotten, and so has read nothing of it before."""
    entry = await _async_home(hass)
    order: list[str] = []
    build, look, delete = (
        services_forgetting.async_build_home,
        Run.async_pass,
        services_forgetting.forget,
    )

    async def begin_a_run(hass: HomeAssistant) -> Home:
        learner_of(entry).async_start(Trigger.NIGHTLY)
        await hass.async_add_executor_job(threading.Event().wait, 0.5)
        return await build(hass)

    async def run(self: Run, wish: Wish) -> None:
        order.append("run")
        await look(self, wish)

    def forgotten(*args: Any) -> int:
        order.append("forgotten")
        return delete(*args)

    monkeypatch.setattr(services_forgetting, "async_build_home", begin_a_run)
    monkeypatch.setattr(Run, "async_pass", run)
    monkeypatch.setattr(services_forgetting, "forget", forgotten)
    await async_call(hass, "forget", entity_id=KETTLE)
    await async_learned(hass)
    assert order[:2] == ["forgotten", "run"]
    assert not (await async_call(hass, "get_patterns", entity_id=KETTLE))["patterns"]


@pytest.mark.parametrize(
    "asked", [{}, {"everything": False}, {"everything": True, "entity_id": KETTLE}]
)
async def test_what_to_forget_must_be_said(
    hass: HomeAssistant, asked: dict[str, Any]
) -> None:
    """Nothing, or too much, is refused and nothing is forgotten."""
    await _async_home(hass)
    with pytest.raises(ServiceValidationError) as raised:
        await async_call(hass, "forget", **asked)
    assert raised.value.translation_key == "forget_what"
    assert shown(hass, "days_learned") == "29"


async def test_during_a_backup(hass: HomeAssistant) -> None:
    """The file is not changed while it is copied."""
    entry = await _async_home(hass)
    await async_pre_backup(hass)
    before = store_file(hass).read_bytes()
    with pytest.raises(HomeAssistantError) as raised:
        await async_call(hass, "forget", everything=True)
    assert raised.value.translation_key == "backup_meanwhile"
    assert store_file(hass).read_bytes() == before
    await async_post_backup(hass)
    await async_learned(hass)
    assert len(_store(entry).learned()) == 29


async def test_store_that_fails(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told, and can be tried again."""
    await _async_home(hass)

    def away(_store: SqliteStore) -> None:
        raise StoreUnavailableError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(SqliteStore, "kept_days", away)
        with pytest.raises(HomeAssistantError) as raised:
            await async_call(hass, "forget", entity_id=KETTLE)
    assert raised.value.translation_key == "not_forgotten"
    await async_learned(hass)
    await async_call(hass, "forget", entity_id=KETTLE)
    await async_learned(hass)
    assert not (await async_call(hass, "get_patterns", entity_id=KETTLE))["patterns"]


async def test_home_of_an_unknown_time_zone(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, complaints: list[str]
) -> None:
    """Nothing can be looked up there, which is told, too."""
    await _async_home(hass)
    with monkeypatch.context() as patch:
        patch.setattr(hass.config, "time_zone", "Nowhere/Land")
        with pytest.raises(HomeAssistantError) as raised:
            await async_call(hass, "forget", entity_id=KETTLE)
        assert raised.value.translation_key == "not_forgotten"
        # So does the run that looks again.
        await async_learned(hass)
    assert len(complaints) == 1
    complaints.clear()
    assert (await async_call(hass, "get_patterns", entity_id=KETTLE))["patterns"]


async def test_only_admins(hass: HomeAssistant, hass_read_only_user: MockUser) -> None:
    """What is learned is changed by admins alone."""
    await _async_home(hass)
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN,
            "forget",
            {"everything": True},
            blocking=True,
            context=Context(user_id=hass_read_only_user.id),
        )
    assert shown(hass, "days_learned") == "29"
