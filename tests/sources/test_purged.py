"""What the recorder purges between two days is lost to nobody who learned them."""

from collections.abc import Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
import sqlite3
from tempfile import TemporaryDirectory

from hypothesis import given, settings, strategies as st

from custom_components.pattern_intelligence.engine.home import Home
from custom_components.pattern_intelligence.engine.tables import EXPOSURE, HAPPENINGS
from custom_components.pattern_intelligence.runner import Runner
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .builder import BERLIN, RecorderBuilder, ms
from .conftest import carried_of, source_of

FIRST = date(2026, 6, 1)
DAYS = 12
KEPT_DAYS = 2
NOW = f"{FIRST + timedelta(days=DAYS)} 12:00"
HOME = Home(BERLIN, aliases={"light.former": "light.a"})

type Change = tuple[str, int, str]
"""An entity, minutes since the first midnight, and the state it enters."""

changes = st.lists(
    st.tuples(
        st.sampled_from(["light.a", "light.b", "person.c", "event.d", "light.former"]),
        st.integers(0, DAYS * 24 * 60 - 1),
        st.sampled_from(["on", "off", "home"]),
    ),
    max_size=25,
)


def _record(path: Path, entered: Sequence[Change]) -> None:
    with RecorderBuilder(path) as recorder:
        recorder.pulse(f"{FIRST} 00:00", NOW)
        recorder.run(f"{FIRST} 00:00", None)
        begin = ms(f"{FIRST} 00:00") / 1000
        for entity_id, minutes, state in sorted(entered, key=lambda each: each[1]):
            recorder.state(entity_id, state, begin + 60.0 * minutes)


def _purge(path: Path, day: date) -> None:
    """Delete what is older than some days, as Home Assistant does it every night."""
    oldest = ms(f"{day - timedelta(days=KEPT_DAYS)} 00:00") / 1000
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DELETE FROM states WHERE last_updated_ts < ?", (oldest,))
        database.execute(
            "DELETE FROM states_meta"
            " WHERE metadata_id NOT IN (SELECT metadata_id FROM states)"
        )


def _learn(folder: Path, entered: Sequence[Change], *, purged: bool) -> object:
    """Return the tables of days of which each is read in the night after it."""
    path = folder / f"{purged}.db"
    _record(path, entered)
    store = SqliteStore(folder / f"store.{purged}.db")
    runner = Runner(store, HOME, {})
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        source = source_of(path, home=HOME, now=NOW)
        carried = runner.carried_into(day) if purged else {}
        runner.learn(source.read(day, carried))
        if purged:
            _purge(path, day)
    last = FIRST + timedelta(days=DAYS - 1)
    tables = [store.read_days(spec, FIRST, last) for spec in (HAPPENINGS, EXPOSURE)]
    store.close()
    return [(each.day.tolist(), each.table) for each in tables]


@settings(max_examples=12)
@given(changes)
def test_purged_or_not_each_day_is_the_same(entered: Sequence[Change]) -> None:
    """Entities stay tracked, and their next change is a happening."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        assert _learn(folder, entered, purged=True) == _learn(
            folder, entered, purged=False
        )


def test_a_light_left_on_while_away(path: Path, recorder: RecorderBuilder) -> None:
    """It goes off after its last row was purged; only what was learned tells of it."""
    with recorder:
        recorder.pulse("2026-06-08 00:00", "2026-06-10 23:59")
        recorder.state("light.a", "off", "2026-06-09 19:00")
    source = source_of(path, home=HOME)
    day = date(2026, 6, 9)
    assert carried_of(source.read(day)) == {"light.a": None}
    assert carried_of(source.read(day, {"light.a": "on"})) == {"light.a": "on"}
    before = source.read(date(2026, 6, 8), {"light.a": "on"})
    assert (before.entities, before.rows) == (("light.a",), 0)


def test_what_the_recorder_holds_comes_first(
    path: Path, recorder: RecorderBuilder
) -> None:
    """Also where a row of the day says that its state began before."""
    with recorder:
        recorder.state("light.a", "off", "2026-06-08 19:00")
        recorder.state("light.b", "off", "2026-06-09 19:00", changed="2026-06-07 10:00")
    raw = source_of(path).read(date(2026, 6, 9), {"light.a": "on", "light.b": "on"})
    assert carried_of(raw) == {"light.a": "off", "light.b": "off"}


def test_a_removed_entity_ages_out(path: Path, recorder: RecorderBuilder) -> None:
    """Without a row, and last seen in a gap; and what nobody tracks never comes in."""
    with recorder:
        recorder.state("light.a", "off", "2026-06-09 19:00")
    carried = {
        "light.a": "",
        "light.b": "",
        "light.c": "unavailable",
        "light.d": "unknown",
        "sensor.power": "5",
    }
    raw = source_of(path).read(date(2026, 6, 9), carried)
    assert carried_of(raw) == {"light.a": ""}
