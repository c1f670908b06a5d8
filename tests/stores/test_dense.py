"""Tables as compact texts: exact, and never taken for what they are not."""

import base64
import json
from typing import Any
import zlib

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.tables import TableSpec
from custom_components.pattern_intelligence.stores.base import (
    StoreDamagedError,
    StoreError,
)
from custom_components.pattern_intelligence.stores.influx.dense import (
    Texts,
    packed,
    parts_of,
    text_of,
    unpacked,
)

from .makers import COUNTS, ROOMS, Row, counts_of, rows_of, table

numbers = st.integers(-(2**63), 2**63 - 1)
rows = st.lists(st.tuples(st.text(), st.text(), numbers, numbers, st.text(), st.text()))


@given(rows)
def test_comes_back_exactly(given_rows: list[Row]) -> None:
    """Whatever is in it, in characters that a field takes as they are."""
    wanted = table(COUNTS, given_rows)
    text = text_of(wanted)
    assert text.isascii()
    assert not set(text) & set(',"\\\n')
    assert Texts().table_of(COUNTS, text) == wanted


def test_columns_by_name() -> None:
    """One that is not asked for is left, one that was not there is 0 or empty."""
    wider = TableSpec("r", ("area_id",), ("n", "seconds"), texts=("note",))
    text = text_of(table(ROOMS, [("hall", 5), ("kitchen", 7)]))
    found = Texts().table_of(wider, text)
    assert rows_of(found) == [("hall", 0, 5, ""), ("kitchen", 0, 7, "")]
    narrow = TableSpec("r", ("area_id",))
    assert rows_of(Texts().table_of(narrow, text)) == [("hall",), ("kitchen",)]


def test_keys_are_held_once() -> None:
    """An id that is in every day's table is one object."""
    texts, text = Texts(), text_of(counts_of(1))
    first, second = (texts.table_of(COUNTS, text).texts("entity_id") for _ in range(2))
    assert all(a is b for a, b in zip(first, second, strict=True))


@given(st.data())
def test_a_text_that_was_changed(data: st.DataObject) -> None:
    """Cut, or with another character: damage, or by a rare chance the same."""
    wanted = counts_of(1, 30)
    text = text_of(wanted)
    place = data.draw(st.integers(0, len(text) - 1))
    for changed in (text[:place], f"{text[:place]}#{text[place + 1 :]}"):
        with pytest.raises(StoreDamagedError):
            Texts().table_of(COUNTS, changed)


def _text(head: Any, body: bytes = b"") -> str:
    data = json.dumps(head).encode() + b"\n" + body
    return base64.b64encode(zlib.compress(data)).decode()


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("rows", b""),
        ({"rows": 1}, b""),
        ({"rows": 1, "columns": []}, b""),
        ({"rows": 1, "columns": [["area_id", []]]}, b""),
        ({"rows": 1, "columns": [["area_id", [0, 1]]]}, b""),
        ({"rows": 1, "columns": [["area_id", [0, 1]]]}, b"ab"),
        ({"rows": 1, "columns": [["area_id", [0, 1]]]}, b"\xff"),
        ({"rows": 2, "columns": [["area_id", [0, 1]]]}, b"a"),
        ({"rows": 1, "columns": [["area_id", [0, 3]]]}, b"a\nb"),
        ({"rows": 1, "columns": [["area_id", [8, 1]]]}, b"\1" + bytes(7)),
        ({"rows": 1, "columns": [["area_id", [8, 1]]]}, b"\2" + bytes(7) + b"a"),
        ({"rows": 2, "columns": [["area_id", [8, 1]]]}, b"\1" + bytes(7) + b"a"),
        ({"rows": 1, "columns": [["area_id", [8]]]}, bytes(8)),
        ({"rows": 1, "columns": [["area_id", [9]]]}, bytes(9)),
        (
            {"rows": 1, "columns": [["area_id", [0, 1]], ["seconds", [0, 0]]]},
            b"a",
        ),
        (
            {"rows": 1, "columns": [["area_id", [0, 1]], ["seconds", [16]]]},
            b"a" + bytes(16),
        ),
    ],
)
def test_no_table_of_that_kind(head: Any, body: bytes) -> None:
    """Neither the lengths nor the kinds of columns may be others."""
    with pytest.raises(StoreDamagedError):
        Texts().table_of(ROOMS, _text(head, body))


def test_no_unicode_is_refused() -> None:
    """Half of a pair of surrogates is no text."""
    with pytest.raises(StoreError, match="no valid Unicode"):
        text_of(table(ROOMS, [("\ud800", 1)]))


def test_parts() -> None:
    """There is always one, and none is longer than a field may be."""
    assert parts_of("") == ("",)
    text = packed("".join(map(chr, np.random.default_rng(1).integers(32, 999, 99_999))))
    parts = parts_of(text)
    assert len(parts) > 1
    assert max(map(len, parts)) < 65_536
    assert unpacked("".join(parts)) == unpacked(text)
