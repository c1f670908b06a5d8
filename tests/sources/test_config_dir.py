"""What a configuration directory says of its home."""

from datetime import date
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.pattern_intelligence.engine.civil import day_number
from custom_components.pattern_intelligence.engine.home import (
    AreaInfo,
    EntityInfo,
    Home,
)
from custom_components.pattern_intelligence.engine.sun import Position
from custom_components.pattern_intelligence.sources.base import SourceError
from custom_components.pattern_intelligence.sources.config_dir import (
    read_home,
    zone_named,
)
from custom_components.pattern_intelligence.sources.names import friendly_name
from custom_components.pattern_intelligence.sources.recording import open_recording

from .builder import BERLIN, RecorderBuilder, ms


def store(folder: Path, name: str, data: Any, minor: int = 4) -> None:
    """Write a file as Home Assistant stores it."""
    path = folder / ".storage" / name
    path.parent.mkdir(exist_ok=True)
    content = {"version": 1, "minor_version": minor, "key": name, "data": data}
    path.write_text(json.dumps(content), encoding="utf-8")


CORE = {
    "time_zone": "Europe/Berlin",
    "country": "DE",
    "language": "de",
    "latitude": 52.5,
    "longitude": 13,
    "elevation": 40,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a configuration directory of which only the core is known."""
    store(tmp_path, "core.config", CORE)
    return tmp_path


def test_core(folder: Path) -> None:
    """Zone, country, place and language; the registries need not be there."""
    home = read_home(folder)
    assert home == Home(
        BERLIN,
        country="DE",
        language="de",
        calendar=home.calendar,
        position=Position(52.5, 13.0, 40),
        phrases=home.phrases,
    )
    assert home.phrases["day.mon"] == "montags"
    unity = day_number(date(2025, 10, 3))
    assert unity in home.calendar.holidays


def test_another_zone(folder: Path) -> None:
    """What the person says counts more."""
    assert read_home(folder, ZoneInfo("Asia/Tokyo")).zone.key == "Asia/Tokyo"


def test_nothing_stored(tmp_path: Path) -> None:
    """Then the zone must be said."""
    with pytest.raises(SourceError, match="--time-zone"):
        read_home(tmp_path)
    assert read_home(tmp_path, BERLIN) == Home(BERLIN)


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "", "/etc/passwd", "../x", "Europe", "\0"]
)
def test_unknown_zones(folder: Path, zone: str) -> None:
    """Are refused with one line, whatever they are."""
    with pytest.raises(SourceError, match="no time zone"):
        zone_named(zone)
    store(folder, "core.config", {**CORE, "time_zone": zone})
    with pytest.raises(SourceError, match="time zone"):
        read_home(folder)


def test_an_entity_and_its_device(folder: Path) -> None:
    """Area, labels and name come from both; its own count first."""
    device = {
        "id": "d1",
        "name": "Hue 5",
        "name_by_user": "Floor lamp",
        "area_id": "living",
        "labels": ["cosy"],
    }
    child = {"id": "d2", "parent_device_id": "d1", "name": "Socket 2", "labels": []}
    store(
        folder,
        "core.device_registry",
        {"devices": [device], "child_devices": [child]},
        minor=99,
    )
    entity = {
        "entity_id": "light.lamp",
        "device_id": "d1",
        "area_id": None,
        "labels": ["mine"],
        "has_entity_name": True,
        "original_name": "Ambient",
        "platform": "hue",
    }
    entities = [
        entity,
        {**entity, "entity_id": "light.own", "area_id": "hall", "name": "My lamp"},
        {**entity, "entity_id": "light.child", "device_id": "d2", "labels": []},
        {**entity, "entity_id": "light.gone", "device_id": "nowhere"},
    ]
    store(folder, "core.entity_registry", {"entities": entities}, minor=99)
    known = read_home(folder).entities
    assert known["light.lamp"] == EntityInfo(
        "light.lamp",
        name="Floor lamp Ambient",
        area_id="living",
        device_id="d1",
        platform="hue",
        labels=frozenset({"cosy", "mine"}),
    )
    assert (known["light.own"].name, known["light.own"].area_id) == ("My lamp", "hall")
    assert known["light.child"].area_id == "living"
    assert known["light.child"].labels == frozenset()
    assert known["light.gone"].area_id is None
    assert known["light.gone"].name == "Ambient"


def test_what_decides_whether_it_is_tracked(folder: Path) -> None:
    """Class, category, hidden and options, as the person or the integration set them."""
    entities = [
        {
            "entity_id": "sensor.mode",
            "original_device_class": "enum",
            "capabilities": {"options": ["a", "b"]},
        },
        {
            "entity_id": "binary_sensor.door",
            "device_class": "door",
            "original_device_class": "opening",
        },
        {"entity_id": "light.led", "entity_category": "config"},
        {"entity_id": "light.group", "hidden_by": "user"},
    ]
    store(folder, "core.entity_registry", {"entities": entities})
    assert read_home(folder).entities == {
        "sensor.mode": EntityInfo(
            "sensor.mode", device_class="enum", options=("a", "b")
        ),
        "binary_sensor.door": EntityInfo("binary_sensor.door", device_class="door"),
        "light.led": EntityInfo("light.led", category="config"),
        "light.group": EntityInfo("light.group", hidden=True),
    }


def test_areas(folder: Path) -> None:
    """With their floors."""
    areas = [
        {"id": "living", "name": "Living room", "floor_id": "ground"},
        {"id": "attic", "name": "Attic", "floor_id": None},
        {"id": "odd"},
    ]
    store(folder, "core.area_registry", {"areas": areas})
    assert read_home(folder).areas == {
        "living": AreaInfo("Living room", "ground"),
        "attic": AreaInfo("Attic"),
        "odd": AreaInfo("odd"),
    }


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"entities": None},
        {"entities": [None, 3, "x", {}, {"entity_id": 7}, {"entity_id": ""}]},
    ],
)
def test_registries_of_odd_shape(folder: Path, data: Any) -> None:
    """Say nothing, and do no harm."""
    store(folder, "core.entity_registry", data)
    store(folder, "core.device_registry", data)
    store(folder, "core.area_registry", data)
    assert read_home(folder).entities == {}


def test_the_middle_of_the_ocean_is_no_place(folder: Path) -> None:
    """Home Assistant holds 0 and 0 where nobody said where the home is."""
    store(folder, "core.config", {**CORE, "latitude": 0, "longitude": 0.0})
    assert read_home(folder).position is None
    store(folder, "core.config", {**CORE, "latitude": 0, "elevation": None})
    assert read_home(folder).position == Position(0, 13)


def test_fields_of_odd_type(folder: Path) -> None:
    """Count as not set."""
    store(
        folder,
        "core.config",
        {**CORE, "latitude": "x", "longitude": True, "country": 7},
    )
    odd = {
        "entity_id": "light.a",
        "area_id": 5,
        "labels": "cosy",
        "name": ["x"],
        "device_id": {},
        "capabilities": [1],
        "device_class": 0,
    }
    store(folder, "core.entity_registry", {"entities": [odd]})
    home = read_home(folder)
    assert (home.position, home.country) == (None, None)
    assert home.entities == {"light.a": EntityInfo("light.a")}


@pytest.mark.parametrize("name", ["core.config", "core.entity_registry"])
def test_damaged_files(folder: Path, name: str) -> None:
    """Are named, so that the person can mend them."""
    (folder / ".storage" / name).write_bytes(b'{"data": \xff')
    with pytest.raises(SourceError, match=f"{name} is damaged") as caught:
        read_home(folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "original", "device", "own", "expected"),
    [
        ("Given", "Power", "Lamp", True, "Given"),
        (None, "Power", "Lamp", True, "Lamp Power"),
        (None, None, "Lamp", True, "Lamp"),
        (None, "Lamp power", "Lamp", False, "Lamp Power"),
        (None, "LAMP - TV power", "Lamp", False, "Lamp TV power"),
        (None, "Lamp", "Lamp", False, "Lamp"),
        (None, "Lampshade", "Lamp", False, "Lamp Lampshade"),
        (None, "Straße an", "STRASSE", False, "STRASSE An"),
        (None, "Power", None, False, "Power"),
        (None, None, None, False, None),
    ],
)
def test_names(
    name: str | None, original: str | None, device: str | None, own: bool, expected: str
) -> None:
    """The device goes before; where the name repeats it, it is said once."""
    assert friendly_name(name, original, device, has_entity_name=own) == expected


def test_opening_a_directory_or_a_file(folder: Path) -> None:
    """Both give the history, with what is known beside it."""
    with RecorderBuilder(folder / "home-assistant_v2.db") as recorder:
        recorder.pulse("2026-06-01 00:00", "2026-06-03 23:30")
        named = {"friendly_name": "Lamp"}
        recorder.state("light.a", "on", "2026-06-02 07:00", attributes=named)
    now = ms("2026-12-01 00:00")
    for path in (folder, folder / "home-assistant_v2.db"):
        source = open_recording(path, now=now)
        assert source.home.country == "DE"
        assert source.home.entity("light.a") == EntityInfo("light.a", name="Lamp")
        assert source.extent() is not None


def test_opening_nothing(folder: Path) -> None:
    """Says what is missing."""
    with pytest.raises(SourceError, match="is not there"):
        open_recording(folder / "none", now=0)
    with pytest.raises(SourceError, match=r"holds no home-assistant_v2\.db"):
        open_recording(folder, now=0)
