"""What every store does, whichever database is behind it."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings, strategies as st
import numpy as np

from custom_components.pattern_intelligence.engine.civil import day_number
from custom_components.pattern_intelligence.engine.sums import (
    CONSUMPTION_SUM,
    EXPOSURE_SUM,
    SUM_TABLES,
)
from custom_components.pattern_intelligence.engine.tables import (
    DAY_TABLES,
    Table,
    TableSpec,
    empty,
)
from custom_components.pattern_intelligence.stores.base import (
    AggregateStore,
    Layer,
    LearnedDay,
    Retention,
)

from .makers import (
    COUNTS,
    ROOMS,
    Row,
    StoreFactory,
    counts_of,
    day,
    rows_of,
    table,
    tables,
)

FAR = date(2100, 1, 1)
LONG_AGO = date(1990, 1, 1)


def write(store: AggregateStore, *numbers: int) -> None:
    """Write days that tell their number."""
    for number in numbers:
        store.write_day(
            LearnedDay(day(number), number * 10, number),
            tables(counts_of(number)),
            keep_life=True,
        )


def days_of(found: np.ndarray) -> list[int]:
    """Return the numbers of the days of rows, each once."""
    return sorted({int(number) - day_number(day(0)) for number in found})


def test_an_empty_store(store: AggregateStore) -> None:
    """Nothing is there, and asking for it is no error."""
    assert list(store.learned()) == []
    assert list(store.kept_days()) == []
    assert list(store.periods(Layer.WEEKLY)) == []
    assert store.read_life(FAR) is None
    found = store.read_days(COUNTS, LONG_AGO, FAR)
    assert len(found.table) == 0
    assert found.table.spec == COUNTS
    assert found.day.dtype == np.int64
    assert len(store.read_periods(Layer.MONTHLY, ROOMS, LONG_AGO, FAR).table) == 0


def test_days_come_back_in_order(store: AggregateStore) -> None:
    """By day, then by key, whatever order they were written in."""
    write(store, 3, 1, 2)
    found = store.read_days(COUNTS, day(1), day(3))
    assert found.day.tolist() == [
        day_number(day(n)) for n in (1, 1, 1, 2, 2, 2, 3, 3, 3)
    ]
    assert rows_of(found.table) == [
        row for number in (1, 2, 3) for row in rows_of(counts_of(number))
    ]
    assert list(store.learned()) == [
        LearnedDay(day(1), 10, 1),
        LearnedDay(day(2), 20, 2),
        LearnedDay(day(3), 30, 3),
    ]


def test_only_the_days_asked_for(store: AggregateStore) -> None:
    """Both ends are included."""
    write(store, 1, 2, 3, 4)
    assert days_of(store.read_days(COUNTS, day(2), day(3)).day) == [2, 3]


def test_a_day_is_replaced(store: AggregateStore) -> None:
    """Nothing of the former day stays, not even of tables it no longer has."""
    rooms = table(ROOMS, [("kitchen", 5)])
    store.write_day(
        LearnedDay(day(1), 7, 7), tables(counts_of(9, rows=5), rooms), keep_life=True
    )
    write(store, 1)
    found = store.read_days(COUNTS, day(1), day(1))
    assert rows_of(found.table) == rows_of(counts_of(1))
    assert len(store.read_days(ROOMS, day(1), day(1)).table) == 0
    assert list(store.learned()) == [LearnedDay(day(1), 10, 1)]


def test_a_day_without_rows_is_a_day(store: AggregateStore) -> None:
    """Days on which nothing happened are learned and kept all the same."""
    store.write_day(LearnedDay(day(1), 0, 0), {}, keep_life=True)
    store.write_day(LearnedDay(day(2), 0, 0), tables(table(COUNTS, [])), keep_life=True)
    assert list(store.kept_days()) == [day(1), day(2)]


def test_tables_of_later_detectors(store: AggregateStore) -> None:
    """A table is made when first seen, though days without it are there."""
    write(store, 1)
    store.write_day(
        LearnedDay(day(2), 1, 1), tables(table(ROOMS, [("hall", 3)])), keep_life=True
    )
    found = store.read_days(ROOMS, day(1), day(2))
    assert (days_of(found.day), rows_of(found.table)) == ([2], [("hall", 3)])


def test_some_columns_of_a_table(store: AggregateStore) -> None:
    """What is asked for comes back with its keys, and nothing else."""
    rows: list[Row] = [
        ("light.a", "off", 1, 7, "0A", "x"),
        ("light.a", "on", 2, 9, "1B", "y"),
    ]
    written = tables(table(COUNTS, rows))
    store.write_day(LearnedDay(day(1), 1, 1), written, keep_life=True)
    found = store.read_days(COUNTS.part("longest", "note"), day(1), day(1)).table
    assert {*found.columns} == {"entity_id", "state", "longest", "note"}
    assert rows_of(found) == [("light.a", "off", 7, "x"), ("light.a", "on", 9, "y")]


def test_columns_of_later_versions(factory: StoreFactory) -> None:
    """A column that a stored table lacks is 0 or empty for the days before."""
    wider = TableSpec(
        "rooms", keys=("area_id",), numbers=("seconds", "n"), texts=("t",)
    )
    opened = factory.open()
    opened.write_day(
        LearnedDay(day(1), 1, 1), tables(table(ROOMS, [("hall", 3)])), keep_life=True
    )
    assert rows_of(opened.read_days(wider, day(1), day(1)).table) == [
        ("hall", 3, 0, "")
    ]
    opened.write_day(
        LearnedDay(day(2), 1, 1),
        tables(table(wider, [("hall", 4, 5, "x")])),
        keep_life=True,
    )
    found = opened.read_days(wider, day(1), day(2)).table
    assert rows_of(found) == [("hall", 3, 0, ""), ("hall", 4, 5, "x")]
    opened.write_day(
        LearnedDay(day(3), 1, 1), tables(table(ROOMS, [("hall", 6)])), keep_life=True
    )
    assert rows_of(opened.read_days(wider, day(3), day(3)).table) == [
        ("hall", 6, 0, "")
    ]
    opened.close()


def test_what_was_written_is_there_again(factory: StoreFactory) -> None:
    """After closing and opening."""
    opened = factory.open()
    write(opened, 1)
    opened.write_period(Layer.WEEKLY, day(1), tables(table(ROOMS, [("hall", 3)])))
    opened.write_life(day(7), "seven")
    opened.close()
    opened.close()
    again = factory.open()
    assert rows_of(again.read_days(COUNTS, day(1), day(1)).table) == rows_of(
        counts_of(1)
    )
    assert list(again.periods(Layer.WEEKLY)) == [day(1)]
    assert again.read_life(FAR) == (day(7), "seven")
    again.close()


def test_periods(store: AggregateStore) -> None:
    """Weeks and months are apart, replaced as a whole, and read by their start."""
    for start, seconds in ((8, 1), (1, 2), (8, 3)):
        rooms = table(ROOMS, [("hall", seconds)])
        store.write_period(Layer.WEEKLY, day(start), tables(rooms))
    store.write_period(Layer.MONTHLY, day(1), tables(table(ROOMS, [("hall", 9)])))
    assert list(store.periods(Layer.WEEKLY)) == [day(1), day(8)]
    assert list(store.periods(Layer.MONTHLY)) == [day(1)]
    weeks = store.read_periods(Layer.WEEKLY, ROOMS, day(1), day(8))
    assert (days_of(weeks.day), rows_of(weeks.table)) == (
        [1, 8],
        [("hall", 2), ("hall", 3)],
    )
    months = store.read_periods(Layer.MONTHLY, ROOMS, day(1), day(1))
    assert rows_of(months.table) == [("hall", 9)]
    assert len(store.read_days(ROOMS, LONG_AGO, FAR).table) == 0


def test_every_table_there_is(store: AggregateStore) -> None:
    """What days, weeks and months really hold comes back: units, signs, empty texts."""

    def rows(spec: TableSpec) -> Table:
        keys = {"unit": ("", "m³"), "clock": ("sunrise", "wall")}
        found = []
        for row in range(2):
            own = [keys[k][row] if k in keys else f"{k} {row}" for k in spec.keys]
            numbers = [(-1) ** row * (n + 2**52) for n in range(len(spec.numbers))]
            texts = [("", "0_V" * 30)[(n + row) % 2] for n in range(len(spec.written))]
            found.append((*own, *numbers, *texts))
        return table(spec, found)

    daily = {spec.name: rows(spec) for spec in DAY_TABLES}
    sums = {spec.name: rows(spec) for spec in SUM_TABLES}
    store.write_day(LearnedDay(day(1), 1, 1), daily, keep_life=True)
    for layer in (Layer.WEEKLY, Layer.MONTHLY):
        store.write_period(layer, day(1), sums)
    for spec in DAY_TABLES:
        assert store.read_days(spec, day(1), day(1)).table == daily[spec.name]
    for spec in SUM_TABLES:
        for layer in (Layer.WEEKLY, Layer.MONTHLY):
            found = store.read_periods(layer, spec, day(1), day(1))
            assert found.table == sums[spec.name]


def test_a_period_of_one_table(store: AggregateStore) -> None:
    """Of the past only what meters counted is known, or nothing at all."""
    sums = table(CONSUMPTION_SUM, [("sensor.a", "kWh", 3, 72, 9, "1", "")])
    store.write_period(Layer.MONTHLY, day(1), tables(sums))
    store.write_period(Layer.WEEKLY, day(1), tables(empty(CONSUMPTION_SUM)))
    for layer in (Layer.MONTHLY, Layer.WEEKLY):
        assert list(store.periods(layer)) == [day(1)]
        found = store.read_periods(layer, CONSUMPTION_SUM, LONG_AGO, FAR)
        assert len(found.table) == (layer is Layer.MONTHLY)
        assert not len(store.read_periods(layer, EXPOSURE_SUM, LONG_AGO, FAR).table)


def test_life_as_of_a_date(store: AggregateStore) -> None:
    """The newest that is not after the date; a Sunday told again replaces."""
    for number, text in ((7, "a"), (14, "b"), (7, "c")):
        store.write_life(day(number), text)
    assert store.read_life(day(6)) is None
    assert store.read_life(day(7)) == (day(7), "c")
    assert store.read_life(day(13)) == (day(7), "c")
    assert store.read_life(day(14)) == (day(14), "b")


def test_a_day_again_drops_life(store: AggregateStore) -> None:
    """Life from that very day on is dropped, what was before stays."""
    for number in (7, 14, 21):
        store.write_life(day(number), str(number))
    write(store, 14)
    assert store.read_life(FAR) == (day(21), "21")
    store.write_day(LearnedDay(day(14), 1, 1), {}, keep_life=False)
    assert store.read_life(FAR) == (day(7), "7")


def test_verdicts_of_some_days(store: AggregateStore) -> None:
    """By day; a day told again replaces; days without any are not there."""
    for number, text in ((3, "a"), (5, '{"ö": 1}'), (3, "c")):
        store.write_verdicts(day(number), text)
    assert store.read_verdicts(day(1), day(9)) == {
        day(3): "c",
        day(5): '{"ö": 1}',
    }
    assert store.read_verdicts(day(4), day(5)) == {day(5): '{"ö": 1}'}
    assert store.read_verdicts(day(6), day(9)) == {}


def test_a_day_again_drops_verdicts(store: AggregateStore) -> None:
    """They were judged by the days before, so those from that very day on go."""
    write(store, 1, 2, 3)
    for number in (1, 2, 3):
        store.write_verdicts(day(number), str(number))
    store.write_day(LearnedDay(day(2), 1, 1), {}, keep_life=False)
    assert store.read_verdicts(day(1), day(9)) == {day(1): "1"}


def test_verdicts_are_kept_as_long_as_their_days(store: AggregateStore) -> None:
    """Retention of days is theirs; a day that is unlearned takes its own along."""
    write(store, *range(1, 6))
    for number in range(1, 6):
        store.write_verdicts(day(number), str(number))
    store.forget_before(day(5), Retention(daily=3))
    store.forget_after(day(4))
    assert store.read_verdicts(day(1), day(9)) == {day(3): "3", day(4): "4"}
    store.clear()
    assert store.read_verdicts(day(1), day(9)) == {}


def test_retention_of_days(store: AggregateStore) -> None:
    """So many days up to the newest are kept; that they were learned, for ever."""
    write(store, *range(1, 6))
    store.forget_before(day(5), Retention(daily=3))
    assert list(store.kept_days()) == [day(3), day(4), day(5)]
    assert days_of(store.read_days(COUNTS, LONG_AGO, FAR).day) == [3, 4, 5]
    assert [mark.day for mark in store.learned()] == [day(n) for n in range(1, 6)]


def test_retention_counts_days_that_were_learned(store: AggregateStore) -> None:
    """A day of a clock that is far ahead makes none of the others old."""
    write(store, *range(1, 6))
    for layer in (Layer.WEEKLY, Layer.MONTHLY):
        store.write_period(layer, day(1), tables(table(ROOMS, [("a", 1)])))
    store.write_life(day(4), "four")
    write(store, 400)
    store.forget_before(day(400), Retention(daily=3, weekly=10, monthly=20))
    assert list(store.kept_days()) == [day(4), day(5), day(400)]
    assert list(store.periods(Layer.WEEKLY)) == [day(1)]
    assert list(store.periods(Layer.MONTHLY)) == [day(1)]
    assert store.read_life(FAR) == (day(4), "four")


def test_days_to_come_are_unlearned(store: AggregateStore) -> None:
    """With the periods that reach beyond, and what was told without the days between.

    Day 29 is a Monday, day 30 the last of June.
    """
    write(store, *range(8, 29), 40, 400)
    for start in (8, 15, 22, 29, 36):
        store.write_period(
            Layer.WEEKLY, day(start), tables(table(ROOMS, [("a", start)]))
        )
    for start in (1, 31):
        store.write_period(
            Layer.MONTHLY, day(start), tables(table(ROOMS, [("a", start)]))
        )
    for sunday in (21, 28, 35):
        store.write_life(day(sunday), str(sunday))
    store.forget_after(day(30))
    learned = [day(number) for number in range(8, 29)]
    assert [mark.day for mark in store.learned()] == learned
    assert list(store.kept_days()) == learned
    assert days_of(store.read_days(COUNTS, LONG_AGO, FAR).day) == list(range(8, 29))
    assert list(store.periods(Layer.WEEKLY)) == [day(8), day(15), day(22)]
    assert list(store.periods(Layer.MONTHLY)) == [day(1)]
    months = store.read_periods(Layer.MONTHLY, ROOMS, LONG_AGO, FAR)
    assert rows_of(months.table) == [("a", 1)]
    assert store.read_life(FAR) == (day(28), "28")
    store.forget_after(day(27))
    assert list(store.periods(Layer.WEEKLY)) == [day(8), day(15)]
    assert list(store.periods(Layer.MONTHLY)) == []
    assert store.read_life(FAR) == (day(21), "21")
    store.forget_after(day(1))
    test_an_empty_store(store)


def test_retention_of_weeks(store: AggregateStore) -> None:
    """A week goes when its last day is too old; life goes with it."""
    write(store, *range(1, 22))
    for start in (1, 8, 15):
        store.write_period(
            Layer.WEEKLY, day(start), tables(table(ROOMS, [("a", start)]))
        )
        store.write_life(day(start + 6), str(start))
    # The week from day 1 ends on day 7; day 8 is the oldest of 14 up to day 21.
    store.forget_before(day(20), Retention(weekly=14))
    assert list(store.periods(Layer.WEEKLY)) == [day(1), day(8), day(15)]
    store.forget_before(day(21), Retention(weekly=14))
    assert list(store.periods(Layer.WEEKLY)) == [day(8), day(15)]
    assert rows_of(store.read_periods(Layer.WEEKLY, ROOMS, LONG_AGO, FAR).table) == [
        ("a", 8),
        ("a", 15),
    ]
    assert store.read_life(day(13)) is None
    assert store.read_life(day(14)) == (day(14), "8")


def test_retention_of_months(store: AggregateStore) -> None:
    """A month goes when its last day is too old, whatever its length."""
    newest = date(2026, 3, 10)
    for number in range(31):
        mark = LearnedDay(newest - timedelta(days=number), 1, 1)
        store.write_day(mark, {}, keep_life=True)
    for month in (1, 2, 3):
        store.write_period(Layer.MONTHLY, date(2026, month, 1), {})
    store.forget_before(
        newest, Retention(monthly=(newest - date(2026, 2, 28)).days + 1)
    )
    assert list(store.periods(Layer.MONTHLY)) == [date(2026, 2, 1), date(2026, 3, 1)]
    store.forget_before(newest, Retention(monthly=(newest - date(2026, 2, 28)).days))
    assert list(store.periods(Layer.MONTHLY)) == [date(2026, 3, 1)]


def test_clear(store: AggregateStore) -> None:
    """All is gone, and the store goes on."""
    write(store, 1)
    store.write_period(Layer.WEEKLY, day(1), tables(table(ROOMS, [("a", 1)])))
    store.write_life(day(7), "x")
    store.clear()
    test_an_empty_store(store)
    write(store, 2)
    assert list(store.kept_days()) == [day(2)]


def test_size_tells_rows(store: AggregateStore) -> None:
    """Rows by table, and bytes where the store can tell."""
    write(store, 1, 2)
    size = store.size()
    assert 6 in size.rows.values()
    assert size.size is None or size.size > 0


numbers = st.integers(-(2**63), 2**63 - 1)
texts = st.one_of(st.text(max_size=255), st.text("\0\n\t\\\"',= 🏡é", max_size=9))
rows = st.lists(
    st.tuples(texts, texts, numbers, numbers, texts, texts),
    max_size=6,
    unique_by=lambda row: row[:2],
).map(lambda found: sorted(found, key=lambda row: row[:2]))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=rows, second=rows)
def test_any_text_and_number_comes_back(
    store: AggregateStore, first: list[Row], second: list[Row]
) -> None:
    """Whatever devices report, two days of it, exactly and in the same order."""
    wanted: list[Table] = [table(COUNTS, first), table(COUNTS, second)]
    for number, each in enumerate(wanted, 1):
        store.write_day(LearnedDay(day(number), 0, 0), tables(each), keep_life=True)
    for number, each in enumerate(wanted, 1):
        found = store.read_days(COUNTS, day(number), day(number))
        assert found.table == each
    both = store.read_days(COUNTS, day(1), day(2))
    assert rows_of(both.table) == first + second
    assert both.day.tolist() == [day_number(day(1))] * len(first) + [
        day_number(day(2))
    ] * len(second)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("day"), st.integers(1, 40), st.booleans()),
            st.tuples(st.just("life"), st.integers(1, 40), st.just(True)),
            st.tuples(st.just("forget"), st.integers(1, 40), st.booleans()),
            st.tuples(st.just("ahead"), st.integers(1, 40), st.just(True)),
        ),
        max_size=25,
    )
)
def test_any_order_of_calls(
    store: AggregateStore, steps: list[tuple[str, int, bool]]
) -> None:
    """A store is what a few dictionaries would be."""
    store.clear()
    kept: dict[int, int] = {}
    learned: set[int] = set()
    life: dict[int, str] = {}
    for place, (what, number, keep) in enumerate(steps):
        if what == "day":
            mark = LearnedDay(day(number), place, 1)
            store.write_day(mark, tables(counts_of(place, 1)), keep_life=keep)
            kept[number] = place
            learned.add(number)
            if not keep:
                life = {
                    sunday: text for sunday, text in life.items() if sunday < number
                }
        elif what == "life":
            store.write_life(day(number), str(place))
            life[number] = str(place)
        elif what == "forget":
            store.forget_before(day(number), Retention(daily=4, weekly=8))
            newest_first = sorted(learned, reverse=True)
            if len(newest_first) >= 4:
                oldest = min(number - 3, newest_first[3])
                kept = {n: place for n, place in kept.items() if n >= oldest}
            if len(newest_first) >= 8:
                oldest = min(number - 7, newest_first[7])
                life = {n: text for n, text in life.items() if n >= oldest}
        else:
            store.forget_after(day(number))
            kept = {n: place for n, place in kept.items() if n <= number}
            learned = {n for n in learned if n <= number}
            last = max(learned, default=0)
            life = {n: text for n, text in life.items() if n <= last}
    assert [mark.day for mark in store.learned()] == [day(n) for n in sorted(learned)]
    assert list(store.kept_days()) == [day(n) for n in sorted(kept)]
    found = store.read_days(COUNTS, LONG_AGO, FAR).table
    assert found.numbers("count").tolist() == [kept[n] for n in sorted(kept)]
    newest = max(life, default=None)
    expected = None if newest is None else (day(newest), life[newest])
    assert store.read_life(FAR) == expected
    assert store.read_life(LONG_AGO - timedelta(days=1)) is None


def test_days_that_are_learned_and_not_kept(store: AggregateStore) -> None:
    """Noted by their marks alone; of a day that was kept, nothing daily stays."""
    write(store, 2, 3)
    store.write_marks([LearnedDay(day(n), n, n) for n in (1, 2)])
    assert list(store.learned()) == [
        LearnedDay(day(1), 1, 1),
        LearnedDay(day(2), 2, 2),
        LearnedDay(day(3), 30, 3),
    ]
    assert list(store.kept_days()) == [day(3)]
    assert days_of(store.read_days(COUNTS, LONG_AGO, FAR).day) == [3]
    write(store, 1)
    assert list(store.kept_days()) == [day(1), day(3)]
