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
    data = np.frombuffer("".join(texts).encode("ascii", "replace"), np.uint8)
    digit = _VALUE[data]
    if not data.size:
        return np.zeros(0, np.int64), np.zeros(len(texts), np.int64)
    last = digit < _MORE
    row_ends = np.cumsum(sizes)
    if (digit > 63).any() or not last[row_ends[sizes > 0] - 1].all():
        raise ValueError("a stored text is damaged: it is no list of numbers")
    ends = np.flatnonzero(last) + 1
    starts = np.concatenate(([0], ends[:-1]))
    groups = ends - starts
    if int(groups.max()) > _MAX_GROUPS:
        raise ValueError("a stored text is damaged: a number in it is too large")
    values = np.zeros(ends.size, np.int64)
    for place in range(int(groups.max())):
        has = np.flatnonzero(groups > place)
        payload = digit[starts[has] + place] & _PAYLOAD
        values[has] += payload.astype(np.int64) << (5 * place)
    counts = np.diff(np.concatenate(([0], np.searchsorted(ends, row_ends, "right"))))
    return values, counts


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
    sums = np.cumsum(steps)
    starts = np.cumsum(lengths) - lengths
    before = np.concatenate(([0], sums))[starts]
    return sums - np.repeat(before, lengths), lengths
