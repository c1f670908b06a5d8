"""Whole numbers as compact text, many rows at a time.

Variable-length quantities in base 64, as source maps have them: six bits a
character, of which five are payload, least significant group first, and one says
that more follow. Text, since a store may have no binary field; one alphabet
that needs no escaping in SQL, in line protocol or in CSV.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"
_MORE = 32
_PAYLOAD = 31
_CHARACTER = np.frombuffer(_ALPHABET, np.uint8)
_VALUE = np.full(256, 255, np.uint8)
_VALUE[_CHARACTER] = np.arange(64, dtype=np.uint8)
_MAX_GROUPS = 12

_AT_ONCE = 1 << 14
"""Numbers decoded at once: few enough for the processor to keep them nearby."""

_ROWS_AT_ONCE = 1 << 11
"""Rows whose bins are looked for at once: on the way they take ten times their room."""


def encode(values: NDArray[np.int64], lengths: NDArray[np.int64]) -> list[str]:
    """Encode rows of whole numbers.

    Args:
        values: shape (n,), none negative, the rows one after the other.
        lengths: shape (rows,), how many values each row has; their sum is n.

    Returns:
        One text a row; an empty row gives an empty text.

    Raises:
        ValueError: a value is negative, or the lengths do not add up.
    """
    if int(lengths.sum()) != values.size:
        raise ValueError("the lengths of the rows do not add up to the values")
    if not values.size:
        return [""] * len(lengths)
    if int(values.min()) < 0:
        raise ValueError("only numbers from 0 up can be encoded")
    groups = np.ones(values.size, np.int64)
    for count in range(1, _MAX_GROUPS):
        groups += values >> (5 * count) > 0
    ends = np.cumsum(groups)
    owner = np.repeat(np.arange(values.size), groups)
    position = np.arange(ends[-1]) - (ends - groups)[owner]
    digit = values[owner] >> (5 * position) & _PAYLOAD
    more = position < groups[owner] - 1
    text = _CHARACTER[digit + _MORE * more].tobytes().decode("ascii")
    cuts = np.concatenate(([0], ends))[np.concatenate(([0], np.cumsum(lengths)))]
    return [text[a:b] for a, b in pairwise(cuts.tolist())]


def decode(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Decode what :func:`encode` wrote.

    Args:
        texts: one text a row.

    Returns:
        The values of all rows, shape (n,), and how many each row has, shape (rows,).

    Raises:
        ValueError: a text is not one that :func:`encode` writes.
    """
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    digit = _VALUE[np.frombuffer("".join(texts).encode("ascii", "replace"), np.uint8)]
    if not digit.size:
        return np.zeros(0, np.int64), np.zeros(len(texts), np.int64)
    last = digit < _MORE
    row_ends = np.cumsum(sizes)
    if digit.max() > 63 or not last[row_ends[sizes > 0] - 1].all():
        raise ValueError("a stored text is damaged: it is no list of numbers")
    ends = np.flatnonzero(last)
    counts = np.diff(np.searchsorted(ends, row_ends), prepend=0)
    values = np.empty(ends.size, np.int64)
    before = -1
    for start in range(0, ends.size, _AT_ONCE):
        some = ends[start : start + _AT_ONCE]
        values[start : start + some.size] = _read(digit, some, before)
        before = int(some[-1])
    return values, counts


def _read(
    digit: NDArray[np.uint8], ends: NDArray[np.intp], before: int
) -> NDArray[np.int64]:
    """Return the numbers that end at some places.

    Args:
        digit: shape (characters,), what each stands for.
        ends: shape (n,), ascending, where each number's last character is.
        before: where the last character before them is.

    Raises:
        ValueError: a number is too large.
    """
    groups = np.diff(ends, prepend=before)
    most = int(groups.max())
    if most > _MAX_GROUPS:
        raise ValueError("a stored text is damaged: a number in it is too large")
    values = digit[ends].astype(np.int64)
    for place in range(1, most):
        has = np.flatnonzero(groups > place)
        less = digit[ends[has] - place] & _PAYLOAD
        values[has] = (values[has] << 5) | less
    return values


def encode_increasing(
    values: NDArray[np.int64], lengths: NDArray[np.int64]
) -> list[str]:
    """Encode rows of which each is in ascending order, as differences."""
    if not values.size:
        return [""] * len(lengths)
    steps = np.diff(values, prepend=0)
    filled = lengths > 0
    starts = (np.cumsum(lengths) - lengths)[filled]
    steps[starts] = values[starts]
    return encode(steps, lengths)


def decode_increasing(
    texts: Sequence[str],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Decode what :func:`encode_increasing` wrote."""
    steps, lengths = decode(texts)
    if not steps.size:
        return steps, lengths
    starts = np.cumsum(lengths) - lengths
    np.cumsum(steps, out=steps)
    steps -= np.repeat(np.where(starts > 0, steps[starts - 1], 0), lengths)
    return steps, lengths


def encode_bins(counts: NDArray[np.integer]) -> list[str]:
    """Encode rows of counts by bin of which most are 0.

    A row is, for each bin that is not empty, how many empty ones lie before it,
    doubled, and 1 more where it counts more than one; then of each of the latter,
    how many more than two. So one that counts one mostly takes one character.

    Args:
        counts: shape (rows, bins), none negative.

    Returns:
        One text a row; a row of zeros gives an empty text.

    Raises:
        ValueError: a count is negative.
    """
    row, place = np.nonzero(counts)
    count = counts[row, place].astype(np.int64)
    before = np.append(np.int64(-1), place[:-1])
    before[np.append(True, row[1:] != row[:-1])[: row.size]] = -1
    several = count > 1
    heads = 2 * (place - before[: row.size] - 1) + several
    kept = np.append(heads, count[several] - 2)
    owner = np.append(row, row[several])
    order = np.argsort(owner, kind="stable")
    return encode(kept[order], np.bincount(owner, minlength=len(counts)))


def decode_bins(texts: Sequence[str], bins: int) -> NDArray[np.int32]:
    """Decode what :func:`encode_bins` wrote.

    Args:
        texts: one text a row.
        bins: how many bins there are.

    Returns:
        Shape (rows, bins).

    Raises:
        ValueError: a text is not one that :func:`encode_bins` writes.
    """
    row, place, count = filled_bins(texts)
    if place.max(initial=0) >= bins:
        raise ValueError("a stored text is damaged: it has more bins than there are")
    counts = np.zeros((len(texts), bins), np.int32)
    counts[row, place] = count
    return counts


def filled_bins(
    texts: Sequence[str],
) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]:
    """Return the bins that are not empty: their row, their place, what they count.

    Args:
        texts: one text a row, as :func:`encode_bins` wrote it.

    Raises:
        ValueError: a text is not one that :func:`encode_bins` writes.
    """
    firsts = range(0, max(len(texts), 1), _ROWS_AT_ONCE)
    parts = zip(*(_filled_from(first, texts) for first in firsts), strict=True)
    row, place, count = map(np.concatenate, parts)
    return row, place, count


def _filled_from(
    first: int, texts: Sequence[str]
) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]:
    """Return the bins of the texts from one on that are read at once."""
    values, lengths = decode(texts[first : first + _ROWS_AT_ONCE])
    row = np.repeat(np.arange(first, first + lengths.size), lengths)
    start = np.repeat(np.cumsum(lengths) - lengths, lengths)
    odd = np.cumsum(values & 1)
    odd -= np.append(0, odd)[start]
    # So many heads as, with one more number for each odd one, make up the row.
    is_head = np.arange(values.size) - start + 1 + odd <= np.repeat(lengths, lengths)
    heads, more = values[is_head], values[~is_head] + 2
    several = heads & 1 == 1
    if more.size != np.count_nonzero(several):
        raise ValueError("a stored text is damaged: it holds no counts by bin")
    steps = np.cumsum(np.where(is_head, (values >> 1) + 1, 0))
    place = (steps - np.append(0, steps)[start] - 1)[is_head]
    count = np.ones(heads.size, np.int64)
    count[several] = more
    return row[is_head], place, count
