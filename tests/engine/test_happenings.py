"""A happening is the entry into a state that a person would name, and no other row."""

from datetime import date

import pytest

from custom_components.pattern_intelligence.engine.happenings import find_happenings
from custom_components.pattern_intelligence.engine.provenance import AUTOMATION, USER

from .builders import BERLIN, Row, instant, raw_day

DAY = date(2026, 3, 2)


def _found(
    rows: list[tuple[str, str]],
    entity_id: str,
    carried: str | None = "off",
    recorded: tuple[tuple[int, int], ...] | None = None,
) -> list[tuple[int, str]]:
    """Return what one entity's rows amount to: seconds of the day, and states."""
    raw = raw_day(
        DAY,
        [Row(f"{DAY}T{at}", entity_id, state) for at, state in rows],
        carried={entity_id: carried} if carried is not None else {},
        tracked=[entity_id],
        recorded=recorded,
    )
    found = find_happenings(raw)
    return sorted(
        ((at - raw.start) // 1000, found.states[state])
        for at, state in zip(found.instant.tolist(), found.state.tolist(), strict=True)
    )


def _seconds(at: str) -> int:
    hours, minutes, seconds = (int(part) for part in at.split(":"))
    return hours * 3600 + minutes * 60 + seconds


@pytest.mark.parametrize(
    ("entity_id", "carried", "rows", "expected"),
    [
        pytest.param(
            "light.a",
            "off",
            [("07:00:00", "on"), ("07:00:01", "on"), ("08:00:00", "off")],
            [("07:00:00", "on"), ("08:00:00", "off")],
            id="a changed attribute is none",
        ),
        pytest.param(
            "light.a",
            "on",
            [("03:00:00", "unavailable"), ("03:01:00", "on"), ("08:00:00", "off")],
            [("08:00:00", "off")],
            id="a gap is no state",
        ),
        pytest.param(
            "light.a",
            "on",
            [("03:00:00", "unavailable"), ("03:01:00", "off"), ("08:00:00", "on")],
            [("08:00:00", "on")],
            id="what changed in a gap happened nobody knows when",
        ),
        pytest.param(
            "light.a",
            None,
            [("07:00:00", "on")],
            [],
            id="the first row of all tells nothing",
        ),
        pytest.param(
            "cover.a",
            "closed",
            [("07:00:00", "opening"), ("07:00:20", "open"), ("20:00:00", "closing")],
            [("07:00:00", "open"), ("20:00:00", "closed")],
            id="a cover opens when it begins to",
        ),
        pytest.param(
            "lock.a",
            "locked",
            [
                ("07:00:00", "unlocking"),
                ("07:00:02", "jammed"),
                ("07:00:09", "unlocked"),
            ],
            [("07:00:00", "unlocked")],
            id="a state on the way is passed over",
        ),
        pytest.param(
            "media_player.a",
            "off",
            [
                ("20:00:00", "idle"),
                ("20:00:30", "playing"),
                ("20:10:00", "paused"),
                ("20:12:00", "playing"),
                ("21:00:00", "off"),
            ],
            [("20:00:30", "playing"), ("21:00:00", "off")],
            id="a pause between two tracks ends nothing",
        ),
        pytest.param(
            "binary_sensor.hall",
            "off",
            [
                ("07:00:00", "on"),
                ("07:01:00", "off"),
                ("07:05:59", "on"),
                ("07:06:30", "off"),
                ("07:11:30", "on"),
                ("07:12:00", "off"),
            ],
            [
                ("07:00:00", "on"),
                ("07:06:30", "off"),
                ("07:11:30", "on"),
                ("07:12:00", "off"),
            ],
            id="flicker is one bout until five minutes are quiet",
        ),
        pytest.param(
            "person.a",
            "home",
            [("08:00:00", "not_home"), ("08:20:00", "Work"), ("17:00:00", "home")],
            [("08:00:00", "not_home"), ("08:20:00", "Work"), ("17:00:00", "home")],
            id="a person enters any zone",
        ),
        pytest.param(
            "number.setpoint",
            "20",
            [("09:30:00", "16"), ("19:30:00", "20")],
            [("09:30:00", "16"), ("19:30:00", "20")],
            id="a set point is what it is set to",
        ),
        pytest.param(
            "script.a",
            "off",
            [("09:30:00", "on"), ("09:31:00", "off")],
            [("09:30:00", "on")],
            id="only the start of a script counts",
        ),
    ],
)
def test_what_counts(
    entity_id: str,
    carried: str | None,
    rows: list[tuple[str, str]],
    expected: list[tuple[str, str]],
) -> None:
    """Each domain's states are read as people mean them."""
    assert _found(rows, entity_id, carried) == [
        (_seconds(at), state) for at, state in expected
    ]


def test_a_press_is_told_by_its_own_time() -> None:
    """A button's state is when it was pressed: an old one republished is no press."""
    rows = [
        ("06:00:00", "2026-02-20T10:00:00+00:00"),
        ("07:00:00", "2026-03-02T06:00:00.120000+00:00"),
        ("07:00:09", "2026-03-02T06:00:00.120000+00:00"),
        ("09:00:00", "2026-03-02T08:00:00"),
        ("10:00:00", "gibberish"),
    ]
    assert _found(rows, "button.a", "unknown") == [(7 * 3600, "pressed")]


def test_nothing_happens_at_a_restart() -> None:
    """Each entity's first row after a start is republished, whatever it says."""
    start, end = BERLIN.bounds(DAY)
    noon = instant(BERLIN, f"{DAY}T12:00")
    found = _found(
        [("12:00:05", "on"), ("12:00:09", "on"), ("13:00:00", "off")],
        "light.a",
        recorded=((start, noon - 60_000), (noon, end)),
    )
    assert found == [(13 * 3600, "off")]


def test_equal_instants_keep_the_order_of_the_recorder() -> None:
    """On and off in one millisecond are both there."""
    assert _found([("07:00:00", "on"), ("07:00:00", "off")], "light.a") == [
        (7 * 3600, "off"),
        (7 * 3600, "on"),
    ]


def test_causes_come_along() -> None:
    """Who caused a row is who caused the happening."""
    raw = raw_day(
        DAY,
        [
            Row(f"{DAY}T07:00", "light.a", "on", USER),
            Row(f"{DAY}T08:00", "light.a", "off", AUTOMATION + 1),
        ],
        carried={"light.a": "off"},
        automations=("", "automation.x"),
    )
    found = find_happenings(raw)
    assert dict(zip(found.state.tolist(), found.cause.tolist(), strict=True)) == {
        found.states.index("on"): USER,
        found.states.index("off"): AUTOMATION + 1,
    }


def test_a_day_without_rows_has_no_happenings() -> None:
    """Nothing is something that can be asked about."""
    assert find_happenings(raw_day(DAY, [], tracked=["light.a"])).instant.size == 0
    assert find_happenings(raw_day(DAY, [])).instant.size == 0
