"""When Home Assistant was recording, and which days are whole."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from .builder import RecorderBuilder, ms
from .conftest import source_of

pytestmark = pytest.mark.usefixtures("served")

DAY = date(2026, 6, 2)


def span(first: str, last: str) -> tuple[int, int]:
    """Return an interval of local times of the day."""
    return ms(f"2026-06-02 {first}"), ms(
        f"2026-06-02 {last}" if last != "24:00" else "2026-06-03 00:00"
    )


def test_clean_restarts(path: Path, recorder: RecorderBuilder) -> None:
    """Each run is an interval of its own, cut at the day's edges."""
    with recorder:
        recorder.pulse("2026-06-01 00:00", "2026-06-03 12:00")
        recorder.run("2026-06-01 00:00", "2026-06-02 06:00")
        recorder.run("2026-06-02 06:02", "2026-06-02 20:00")
        recorder.run("2026-06-02 20:00:30", "2026-06-03 12:00")
    assert source_of(path).read(DAY).recorded == (
        span("00:00", "06:00"),
        span("06:02", "20:00"),
        span("20:00:30", "24:00"),
    )


def test_an_unclean_shutdown(path: Path, recorder: RecorderBuilder) -> None:
    """The next start dates its end too late: it ended with its last row."""
    with recorder:
        recorder.state("light.a", "on", "2026-06-02 05:10")
        recorder.state("light.a", "off", "2026-06-02 09:00")
        recorder.pulse("2026-06-03 00:00", "2026-06-03 12:00")
        recorder.run("2026-06-01 00:00", "2026-06-02 08:59:58", incorrect=True)
        recorder.run("2026-06-02 08:59:58", "2026-06-03 12:00")
    assert source_of(path).read(DAY).recorded == (
        (ms("2026-06-02 00:00"), ms("2026-06-02 05:10") + 1),
        span("08:59:58", "24:00"),
    )


def test_runs_never_closed(path: Path, recorder: RecorderBuilder) -> None:
    """One that is followed by another broke off; the last one lasts to the last row."""
    with recorder:
        recorder.state("light.a", "on", "2026-06-02 05:10")
        recorder.state("light.a", "off", "2026-06-02 09:00")
        recorder.state("light.a", "on", "2026-06-02 21:00")
        recorder.run("2026-06-01 00:00", None)
        recorder.run("2026-06-02 08:00", None)
    assert source_of(path).read(DAY).recorded == (
        (ms("2026-06-02 00:00"), ms("2026-06-02 05:10") + 1),
        (ms("2026-06-02 08:00"), ms("2026-06-02 21:00") + 1),
    )


def test_rows_without_any_run(path: Path, recorder: RecorderBuilder) -> None:
    """A file that was made: everything from the first to the last row counts."""
    with recorder:
        recorder.state("light.a", "on", "2026-06-01 09:00")
        recorder.state("light.a", "off", "2026-06-02 21:00")
    assert source_of(path).read(DAY).recorded == (
        (ms("2026-06-02 00:00"), ms("2026-06-02 21:00") + 1),
    )


def test_rows_from_before_the_first_run(path: Path, recorder: RecorderBuilder) -> None:
    """History that was imported, then Home Assistant was started on it."""
    with recorder:
        recorder.state("light.a", "on", "2026-06-01 09:00")
        recorder.state("light.a", "off", "2026-06-02 10:00")
        recorder.state("light.a", "on", "2026-06-02 19:59:59")
        recorder.state("light.a", "on", "2026-06-02 20:00")
        recorder.state("light.a", "off", "2026-06-03 20:00")
        recorder.run("2026-06-02 20:00", "2026-06-03 20:00")
    assert source_of(path).read(DAY).recorded == (
        (ms("2026-06-02 00:00"), ms("2026-06-02 10:00") + 1),
        span("20:00", "24:00"),
    )


def test_rows_at_the_edge_of_a_run_are_its_own(
    path: Path, recorder: RecorderBuilder
) -> None:
    """Written as it stopped or started: between them nothing was recorded."""
    with recorder:
        recorder.pulse("2026-06-01 00:00", "2026-06-02 06:00")
        recorder.state("light.a", "on", "2026-06-02 06:00:01")
        recorder.state("light.a", "on", "2026-06-02 17:59:58")
        recorder.pulse("2026-06-02 18:00", "2026-06-03 12:00")
        recorder.run("2026-06-01 00:00", "2026-06-02 06:00")
        recorder.run("2026-06-02 18:00", "2026-06-03 12:00")
    assert source_of(path).read(DAY).recorded == (
        span("00:00", "06:00"),
        span("18:00", "24:00"),
    )


def test_a_day_when_it_was_off(path: Path, recorder: RecorderBuilder) -> None:
    """Nothing was recorded."""
    with recorder:
        recorder.pulse("2026-06-01 00:00", "2026-06-01 12:00")
        recorder.pulse("2026-06-03 12:00", "2026-06-03 20:00")
        recorder.run("2026-06-01 00:00", "2026-06-01 12:00")
        recorder.run("2026-06-03 12:00", "2026-06-03 20:00")
    assert source_of(path).read(DAY).recorded == ()


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2026-06-01 00:10", "2026-06-03 23:50", (1, 3)),
        ("2026-06-01 00:59:59", "2026-06-03 23:00", (1, 3)),
        ("2026-06-01 01:00", "2026-06-03 22:59:59", (2, 2)),
        ("2026-06-01 01:00", "2026-06-02 22:00", None),
    ],
)
def test_whole_days_by_rows(
    path: Path,
    recorder: RecorderBuilder,
    first: str,
    last: str,
    expected: tuple[int, int] | None,
) -> None:
    """A day at the edge is whole when its rows reach into its first or last hour."""
    with recorder:
        recorder.state("light.a", "on", first)
        recorder.state("light.a", "off", last)
    found = source_of(path).extent()
    assert found == (expected and tuple(date(2026, 6, n) for n in expected))


def test_whole_days_by_runs(path: Path, recorder: RecorderBuilder) -> None:
    """A quiet home: the run says that nothing happened in the rest of the day."""
    with recorder:
        recorder.state("light.a", "on", "2026-06-01 07:00")
        recorder.state("light.a", "off", "2026-06-03 20:00")
        recorder.run("2026-06-01 00:00", "2026-06-04 00:00")
    assert source_of(path).extent() == (date(2026, 6, 1), date(2026, 6, 3))


def test_a_purged_day_is_not_whole(path: Path, recorder: RecorderBuilder) -> None:
    """The run began long before the rows that are left."""
    with recorder:
        recorder.pulse("2026-06-01 04:12", "2026-06-03 12:00")
        recorder.run("2026-05-01 00:00", None)
    assert source_of(path).extent() == (date(2026, 6, 2), date(2026, 6, 2))


def test_days_to_come(path: Path, recorder: RecorderBuilder) -> None:
    """Rows of a clock that jumped ahead are not believed; today is not over."""
    with recorder:
        recorder.pulse("2026-06-01 00:00", "2026-06-04 09:00")
        recorder.state("light.a", "on", "2029-01-01 00:00")
        recorder.run("2026-06-01 00:00", None)
    assert source_of(path, now="2026-06-04 09:30").extent() == (
        date(2026, 6, 1),
        date(2026, 6, 3),
    )
    assert source_of(path, now="2026-06-03 09:30").extent() == (
        date(2026, 6, 1),
        date(2026, 6, 2),
    )
    assert source_of(path, now="2020-01-01 00:00").extent() is None


def test_days_of_a_clock_not_set(path: Path, recorder: RecorderBuilder) -> None:
    """A computer without a battery begins in 1970; those rows count for nothing."""
    with recorder:
        recorder.state("light.a", "on", 3600.0)
        recorder.pulse("2026-06-01 00:00", "2026-06-03 23:30")
    assert source_of(path).extent() == (date(2026, 6, 1), date(2026, 6, 3))


@pytest.mark.parametrize(("quiet", "silent"), [(6, 0), (7, 7), (400, 400)])
def test_a_clock_that_jumped_ahead(
    path: Path, recorder: RecorderBuilder, quiet: int, silent: int
) -> None:
    """A week without any row within a run is no past; less may be a quiet home."""
    again = date(2026, 6, 3) + timedelta(days=quiet)
    with recorder:
        recorder.pulse("2026-06-01 00:00", "2026-06-02 15:00")
        recorder.pulse(f"{again} 09:00", f"{again + timedelta(days=9)} 12:00")
        recorder.run("2026-06-01 00:00", None)
    source = source_of(path, now=f"{again + timedelta(days=9)} 13:00")
    days = {date(2026, 6, 3) + timedelta(days=n) for n in range(silent)}
    assert source.silent() == days
    middle = source.read(date(2026, 6, 5))
    assert middle.recorded == (() if silent else ((middle.start, middle.end),))
    begin = source.read(DAY)
    assert begin.recorded == ((begin.start, begin.end),)
    following = source.read(again)
    assert following.recorded == ((following.start, following.end),)


def test_no_rows(path: Path, recorder: RecorderBuilder) -> None:
    """Nothing is whole, and reading is no error."""
    with recorder:
        recorder.run("2026-06-01 00:00", None)
    assert source_of(path).extent() is None
    assert not source_of(path).silent()
    assert source_of(path).read(DAY).recorded == ()
