"""Array operations that give Python's lock back often."""

from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp
import numpy as np
from numpy.testing import assert_array_equal
import pytest

from custom_components.pattern_intelligence.engine.arrays import (
    by_owner,
    distinct,
    multiplied,
    running_sums,
)


def test_running_sums_by_hand() -> None:
    """Each row is summed up for itself."""
    values = np.array([[1, 2, 3], [10, 0, -1]])
    assert_array_equal(running_sums(values), [[1, 3, 6], [10, 10, 9]])


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.float32, np.float64])
@pytest.mark.parametrize("shape", [(0, 5), (5, 0), (3, 200_000), (7, 2, 30_000)])
def test_running_sums_are_those_of_numpy(
    shape: tuple[int, ...], dtype: type[np.number]
) -> None:
    """In whatever portions, the sums are the same to the last bit."""
    values = (np.random.default_rng(1).random(shape) * 9).astype(dtype)
    sums = running_sums(values)
    assert sums.dtype == dtype
    assert_array_equal(sums, np.cumsum(values, axis=-1, dtype=dtype))


@given(hnp.arrays(np.int64, st.integers(0, 50), elements=st.integers(-5, 5)))
def test_distinct(values: np.ndarray[tuple[int], np.dtype[np.int64]]) -> None:
    """Each number once, ascending."""
    assert distinct(values).tolist() == sorted(set(values.tolist()))


@pytest.mark.parametrize("rows", [0, 1, 8, 9, 1000])
def test_a_row_times_a_matrix_is_the_same_among_any_others(rows: int) -> None:
    """To the last bit; and it is the product of matrices."""
    rng = np.random.default_rng(2)
    left, right = rng.random((rows, 96)), rng.random((96, 288))
    found = multiplied(left, right)
    np.testing.assert_allclose(found, left @ right, rtol=1e-13)
    for row in range(0, rows, 7):
        assert_array_equal(multiplied(left[row : row + 1], right)[0], found[row])


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(-5, 5)), max_size=30),
    st.sampled_from([0, 1_700_000_000_000]),
)
def test_by_owner_is_the_order_of_pairs(pairs: list[tuple[int, int]], at: int) -> None:
    """As Python sorts pairs of owner and instant; equals stay as they came."""
    owner = np.array([own for own, _ in pairs], np.int32)
    instant = np.array([at + later for _, later in pairs], np.int64)
    expected = sorted(range(len(pairs)), key=pairs.__getitem__)
    assert by_owner(owner, instant).tolist() == expected
