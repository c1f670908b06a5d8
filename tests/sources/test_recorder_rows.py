"""A day's rows: which, in what order, since when, and by whom."""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from custom_components.pattern_intelligence.engine.happenings import find_happenings
from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.provenance import (
    AUTOMATION,
    PHYSICAL,
    USER,
    grade,
)

from .builder import BERLIN, RecorderBuilder, ms
from .conftest import carried_of, rows_of, source_of

pytestmark = pytest.mark.usefixtures("served")

DAY = date(2026, 6, 2)
MINUTE = 60_000
HOUR = 60 * MINUTE


def test_the_rows_of_the_day(path: Path, recorder: RecorderBuilder) -> None:
    """From its first instant to before the next day's, of tracked entities, in order."""
    with recorder:
        recorder.state("light.a", "off", "2026-06-01 23:59:59.999")
        recorder.state("light.b", "on", "2026-06-02 12:00")
        recorder.state("light.a", "on", "2026-06-02 00:00")
        recorder.state("sensor.power", "12.5", "2026-06-02 11:00")
        recorder.state("light.a", "off", "2026-06-02 23:59:59.999")
        recorder.state("light.a", "on", "2026-06-03 00:00")
    raw = source_of(path).read(DAY)
    assert raw.entities == ("light.a", "light.b")
    assert rows_of(raw) == [
        ("light.a", "on", 0),
        ("light.b", "on", 12 * HOUR),
        ("light.a", "off", 24 * HOUR - 1),
    ]
    assert (raw.day, raw.start, raw.end) == (
        DAY,
        ms("2026-06-02 00:00"),
        ms("2026-06-03 00:00"),
    )
    assert carried_of(raw) == {"light.a": "off", "light.b": None}


def test_a_fraction_before_midnight_stays_in_its_day(
    path: Path, recorder: RecorderBuilder
) -> None:
    """Rounding to milliseconds moves no row into the next day."""
    last = ms("2026-06-03 00:00") / 1000 - 0.0002
    with recorder:
        recorder.state("light.a", "on", last)
    assert rows_of(source_of(path).read(DAY)) == [("light.a", "on", 24 * HOUR - 1)]
    assert rows_of(source_of(path).read(date(2026, 6, 3))) == []


def test_equal_instants_keep_their_order(path: Path, recorder: RecorderBuilder) -> None:
    """As they were written."""
    with recorder:
        for state in ("on", "off", "on", "unavailable"):
            recorder.state("light.a", state, "2026-06-02 07:00")
    states = [state for _, state, _ in rows_of(source_of(path).read(DAY))]
    assert states == ["on", "off", "on", "unavailable"]


def test_entities_count_from_their_first_row_on(
    path: Path, recorder: RecorderBuilder
) -> None:
    """A day reads the same however much was recorded after it."""
    with recorder:
        recorder.state("device_tracker.phone", "home", "2026-06-02 08:00")
        recorder.state("light.a", "on", "2026-06-02 08:00")
        recorder.database.commit()
        early = source_of(path).read(DAY)
        recorder.state("light.late", "on", "2026-06-03 08:00")
        # Where persons are known, their trackers are left out.
        recorder.state("person.p", "home", "2026-06-03 08:00")
    raw = source_of(path).read(DAY)
    assert raw.entities == early.entities == ("device_tracker.phone", "light.a")
    following = source_of(path).read(date(2026, 6, 3))
    assert following.entities == ("light.a", "light.late", "person.p")


def test_removed_entities(path: Path, recorder: RecorderBuilder) -> None:
    """An empty state, and in old rows none at all, say that it was removed."""
    with recorder:
        recorder.state("light.a", None, "2026-06-01 10:00")
        recorder.state("light.b", "", "2026-06-01 10:00")
        recorder.state("light.a", "on", "2026-06-02 10:00")
        recorder.state("light.a", None, "2026-06-02 11:00")
        recorder.state("light.a", "", "2026-06-02 12:00")
    raw = source_of(path).read(DAY)
    assert [state for _, state, _ in rows_of(raw)] == ["on", "", ""]
    assert carried_of(raw) == {"light.a": "", "light.b": ""}
    assert sorted(raw.states) == ["", "on"]


def test_the_newest_row_is_carried(path: Path, recorder: RecorderBuilder) -> None:
    """However long ago; of two at the same time the later written one."""
    with recorder:
        recorder.state("light.old", "on", "2025-01-01 10:00")
        recorder.state("light.two", "on", "2026-06-01 10:00")
        recorder.state("light.two", "off", "2026-06-01 10:00")
        recorder.state("light.three", "off", "2026-06-01 11:00")
        recorder.state("light.three", "on", "2026-06-01 10:00")
    assert carried_of(source_of(path).read(DAY)) == {
        "light.old": "on",
        "light.three": "off",
        "light.two": "off",
    }


def test_changed_attributes_say_since_when(
    path: Path, recorder: RecorderBuilder
) -> None:
    """Such a row counts for when its state began, not for when it was written."""
    with recorder:
        recorder.state("light.a", "off", "2026-06-01 10:00")
        recorder.state("light.a", "on", "2026-06-02 07:00")
        recorder.state("light.a", "on", "2026-06-02 08:00", changed="2026-06-02 07:00")
    raw = source_of(path).read(DAY)
    assert rows_of(raw) == [("light.a", "on", 7 * HOUR), ("light.a", "on", 7 * HOUR)]
    assert len(find_happenings(raw).instant) == 1


def test_a_lost_row_is_told_by_the_next(path: Path, recorder: RecorderBuilder) -> None:
    """The state changed at 07:00, though only the row of 08:00 is there."""
    with recorder:
        recorder.run("2026-06-01 00:00", "2026-06-03 00:00")
        recorder.state("light.a", "off", "2026-06-01 10:00")
        recorder.state("light.a", "on", "2026-06-02 08:00", changed="2026-06-02 07:00")
    found = find_happenings(source_of(path).read(DAY))
    assert found.instant.tolist() == [ms("2026-06-02 07:00")]


def test_right_after_a_purge(path: Path, recorder: RecorderBuilder) -> None:
    """Where the row that began a state was purged, a later one still carries it in."""
    with recorder:
        recorder.run("2026-05-01 00:00", None)
        recorder.state("light.a", "on", "2026-06-02 08:00", changed="2026-05-20 19:00")
        recorder.state("light.a", "off", "2026-06-02 09:00")
        recorder.state("light.b", "off", "2026-06-02 09:00")
    raw = source_of(path).read(DAY)
    assert carried_of(raw) == {"light.a": "on", "light.b": None}
    assert rows_of(raw)[0] == ("light.a", "on", 0)
    assert [raw.entities[i] for i in find_happenings(raw).entity.tolist()] == [
        "light.a"
    ]


def test_a_change_dated_after_its_row(path: Path, recorder: RecorderBuilder) -> None:
    """A clock that was set back says nonsense: the row's own time is believed."""
    with recorder:
        recorder.state("light.a", "on", "2026-06-02 08:00", changed="2026-06-02 12:00")
    assert rows_of(source_of(path).read(DAY)) == [("light.a", "on", 8 * HOUR)]


def test_renamed_entities(path: Path, recorder: RecorderBuilder) -> None:
    """Rows under a former id are the entity's; the newest of both is carried."""
    with recorder:
        recorder.state("light.former", "on", "2026-06-01 10:00")
        recorder.state("light.now", "off", "2026-06-01 11:00")
        recorder.state("light.former", "on", "2026-06-02 10:00")
        recorder.state("light.now", "off", "2026-06-02 11:00")
    home = Home(BERLIN, aliases={"light.former": "light.now"})
    raw = source_of(path, home=home).read(DAY)
    assert raw.entities == ("light.now",)
    assert rows_of(raw) == [
        ("light.now", "on", 10 * HOUR),
        ("light.now", "off", 11 * HOUR),
    ]
    assert carried_of(raw) == {"light.now": "off"}


def test_what_the_registries_leave_out(path: Path, recorder: RecorderBuilder) -> None:
    """Is not read."""
    with recorder:
        recorder.state("light.a", "on", "2026-06-02 10:00")
        recorder.state("light.hidden", "on", "2026-06-02 10:00")
        recorder.state("sensor.mode", "eco", "2026-06-02 10:00")
    raw = source_of(
        path,
        EntityInfo("light.hidden", hidden=True),
        EntityInfo("sensor.mode", device_class="enum"),
    ).read(DAY)
    assert raw.entities == ("light.a", "sensor.mode")


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        # The clock skips midnight: the day begins at 01:00.
        ("America/Santiago", date(2026, 9, 6), 23),
    ],
)
def test_days_that_are_not_24_hours(
    path: Path, recorder: RecorderBuilder, zone: str, day: date, hours: float
) -> None:
    """Begin and end where the clock says; a row in each half hour is found once."""
    home = Home(ZoneInfo(zone))
    start, end = home.civil.bounds(day)
    assert end - start == hours * HOUR
    with recorder:
        for when in range(start - HOUR, end + HOUR, 30 * MINUTE):
            recorder.state("light.a", "on", when / 1000)
    raw = source_of(path, home=home).read(day)
    assert raw.instant.tolist() == list(range(start, end, 30 * MINUTE))


def test_many_rows_and_states(path: Path, recorder: RecorderBuilder) -> None:
    """More than come at once: none is lost, mixed up or read twice."""
    start = ms("2026-06-02 00:00") / 1000
    with recorder:
        for n in range(7001):
            recorder.state(f"select.s{n % 7}", f"option {n % 13}", start + n * 10)
    raw = source_of(path).read(DAY)
    assert rows_of(raw) == [
        (f"select.s{n % 7}", f"option {n % 13}", n * 10_000) for n in range(7001)
    ]


def test_who_caused_it(path: Path, recorder: RecorderBuilder) -> None:
    """By context: user, parent, or one that an automation opened."""
    with recorder:
        recorder.automation("morning", "automation.morning", "2026-06-02 07:00")
        recorder.automation("by a user", "automation.other", "2026-06-02 07:30")
        recorder.automation("silent", None, "2026-06-02 07:30")
        recorder.state("light.a", "on", "2026-06-02 07:00")
        recorder.state("light.a", "off", "2026-06-02 07:01", user="anna", own="c1")
        recorder.state("light.a", "on", "2026-06-02 07:02", parent="p", own="c2")
        recorder.state("light.a", "off", "2026-06-02 07:03", own="morning")
        recorder.state(
            "light.a", "on", "2026-06-02 07:04", own="by a user", user="anna"
        )
        recorder.state("light.a", "off", "2026-06-02 07:05", own="silent", user="anna")
        recorder.state("light.a", "on", "2026-06-02 07:06", user="anna", parent="p")
    raw = source_of(path).read(DAY)
    assert raw.automations == ("", "automation.morning", "automation.other")
    assert raw.cause.tolist() == [
        PHYSICAL,
        USER,
        AUTOMATION,
        AUTOMATION + 1,
        AUTOMATION + 2,
        AUTOMATION,
        USER,
    ]
    graded = [
        grade(has_user=user, has_parent=parent, automation=automation)
        for user, parent, automation in (
            (False, False, None),
            (True, False, None),
            (False, True, None),
            (False, False, 1),
            (True, False, 2),
            (True, False, 0),
            (True, True, None),
        )
    ]
    assert raw.cause.tolist() == graded


def test_automations_of_the_evening_before(
    path: Path, recorder: RecorderBuilder
) -> None:
    """A run that began up to 24 hours before the day is still known in it."""
    with recorder:
        recorder.automation("long", "automation.long", "2026-06-01 00:00")
        recorder.automation("older", "automation.older", "2026-05-31 23:59")
        recorder.automation("next", "automation.next", "2026-06-03 00:00")
        for n, own in enumerate(("long", "older", "next")):
            recorder.state("light.a", "on", f"2026-06-02 0{n}:00", own=own)
    raw = source_of(path).read(DAY)
    assert raw.automations == ("", "automation.long")
    assert raw.cause.tolist() == [AUTOMATION + 1, PHYSICAL, PHYSICAL]


@pytest.mark.parametrize(
    "entity_id",
    ["", " ", "a", "a.", "a.b.c", "a.a b", "a.\ud800", "a.ä", "a." + "a" * 255],
)
def test_an_automation_that_is_none(
    path: Path, recorder: RecorderBuilder, entity_id: str
) -> None:
    """Events of others may name anything: what is no entity id stays unnamed."""
    with recorder:
        recorder.automation("run", entity_id, "2026-06-02 07:00")
        recorder.state("light.a", "off", "2026-06-02 06:00")
        recorder.state("light.a", "on", "2026-06-02 07:00", own="run")
    raw = source_of(path).read(DAY)
    assert raw.automations == ("",)
    assert raw.cause.tolist() == [PHYSICAL, AUTOMATION]


def test_an_empty_day(path: Path, recorder: RecorderBuilder) -> None:
    """Is a day all the same."""
    with recorder:
        recorder.state("light.a", "on", "2026-06-01 10:00")
        recorder.state("light.a", "off", "2026-06-04 10:00")
    raw = source_of(path).read(DAY)
    assert raw.rows == 0
    assert carried_of(raw) == {"light.a": "on"}
    assert source_of(path).read(date(2026, 5, 1)).entities == ()
