"""Numbers survive as text, and damaged text is told."""

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.pattern_intelligence.engine import codec

ROWS = st.lists(st.lists(st.integers(0, 2**59), max_size=12), max_size=12)


def _flat(rows: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    values = np.array([value for row in rows for value in row], np.int64)
    return values, np.array([len(row) for row in rows], np.int64)


@given(ROWS)
def test_decode_undoes_encode(rows: list[list[int]]) -> None:
    """Any rows of whole numbers come back as they were."""
    values, lengths = _flat(rows)
    decoded, counts = codec.decode(codec.encode(values, lengths))
    assert decoded.tolist() == values.tolist()
    assert counts.tolist() == lengths.tolist()


@given(ROWS)
def test_increasing_rows_survive_as_differences(rows: list[list[int]]) -> None:
    """Each row is its own; the row before does not reach into it."""
    values, lengths = _flat([sorted(row) for row in rows])
    texts = codec.encode_increasing(values, lengths)
    decoded, counts = codec.decode_increasing(texts)
    assert decoded.tolist() == values.tolist()
    assert counts.tolist() == lengths.tolist()


@given(ROWS)
def test_a_row_is_encoded_alike_alone_and_among_others(rows: list[list[int]]) -> None:
    """A text depends on its own row only."""
    values, lengths = _flat(rows)
    together = codec.encode(values, lengths)
    alone = [codec.encode(*_flat([row]))[0] for row in rows]
    assert together == alone


def test_small_numbers_take_one_character() -> None:
    """0, 31 and 32 by hand: five bits a character, least significant first."""
    assert codec.encode(np.array([0, 31, 32]), np.array([1, 1, 1])) == ["0", "V", "W1"]


@pytest.mark.parametrize("text", ["W", "0W", "?", "0 1", "ä", "W" * 12 + "1"])
def test_damaged_text_is_refused(text: str) -> None:
    """A cut number, a foreign character or an endless number is no list."""
    with pytest.raises(ValueError, match="damaged"):
        codec.decode(["0", text])


def test_what_cannot_be_encoded_is_refused() -> None:
    """Negative numbers and lengths that do not add up are errors of the caller."""
    with pytest.raises(ValueError, match="from 0 up"):
        codec.encode(np.array([-1]), np.array([1]))
    with pytest.raises(ValueError, match="add up"):
        codec.encode(np.array([1, 2]), np.array([1]))


@given(
    st.lists(
        st.lists(st.integers(0, 2) | st.integers(0, 2**31 - 1), min_size=9, max_size=9),
        max_size=9,
    )
)
def test_bins_survive(rows: list[list[int]]) -> None:
    """Any counts by bin come back as they were, each row by itself."""
    counts = np.array(rows, np.int64).reshape(-1, 9)
    texts = codec.encode_bins(counts)
    assert codec.decode_bins(texts, 9).tolist() == rows
    assert [codec.encode_bins(row[None])[0] for row in counts] == texts
    wider = np.hstack([counts, np.zeros_like(counts)])
    assert codec.encode_bins(wider) == texts


def test_bins_that_count_one_take_one_character() -> None:
    """By hand: 3 empty before a one, none before a five; nothing of all zeros."""
    counts = np.zeros((2, 144), np.int64)
    counts[0, 3:5] = 1, 5
    assert codec.encode_bins(counts) == ["613", ""]


def test_bins_of_more_rows_than_are_read_at_once() -> None:
    """Row n counts n of its bin n mod 9, and every third row is empty."""
    counts = np.zeros((5000, 9), np.int64)
    for row in range(5000):
        counts[row, row % 9] = row if row % 3 else 0
    texts = codec.encode_bins(counts)
    rows, places, found = codec.filled_bins(texts)
    filled = [number for number in range(5000) if number % 3]
    assert rows.tolist() == found.tolist() == filled
    assert places.tolist() == [number % 9 for number in filled]
    assert np.array_equal(codec.decode_bins(texts, 9), counts)


@pytest.mark.parametrize("text", ["1", "113", "80"])
def test_damaged_bins_are_refused(text: str) -> None:
    """One whose count is missing, and one beyond the last bin."""
    with pytest.raises(ValueError, match="damaged"):
        codec.decode_bins([text], 5)
