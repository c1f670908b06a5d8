"""Adding rows of the same key: what all roll-ups are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from . import codec
from .tables import Column, Numbers, Table, TableSpec

type Owner = NDArray[np.intp]
"""Which of the sums each row goes into."""


def keys_of(table: Table) -> Iterable[tuple[str, ...]]:
    """Return what identifies each row of a table."""
    return zip(*(table.texts(name) for name in table.spec.keys), strict=True)


def grouped(rows: Iterable[tuple[str, ...]]) -> tuple[list[tuple[str, ...]], Owner]:
    """Return the different keys of some rows, sorted, and which each row has."""
    rows = list(rows)
    keys = sorted(set(rows))
    number = {key: index for index, key in enumerate(keys)}
    return keys, np.fromiter(map(number.__getitem__, rows), np.intp, len(rows))


def key_columns(spec: TableSpec, keys: Sequence[tuple[str, ...]]) -> dict[str, Column]:
    """Return the columns of a table's keys."""
    return {
        name: tuple(key[place] for key in keys) for place, name in enumerate(spec.keys)
    }


def sums(values: Numbers, owner: Owner, groups: int) -> Numbers:
    """Return the sums of numbers, shape (groups,)."""
    added = np.zeros(groups, np.int64)
    np.add.at(added, owner, values)
    return added


def counts(owner: Owner, groups: int) -> Numbers:
    """Return how many rows there are of each, shape (groups,)."""
    return np.bincount(owner, minlength=groups).astype(np.int64)


def vector_sums(texts: Sequence[str], owner: Owner, groups: int) -> tuple[str, ...]:
    """Return the sums of vectors, element by element, each as long as its longest."""
    values, lengths = codec.decode(texts)
    if not values.size:
        return ("",) * groups
    width = int(lengths.max())
    added = np.zeros((groups, width), np.int64)
    np.add.at(added, (np.repeat(owner, lengths), places(lengths)), values)
    widths = np.zeros(groups, np.int64)
    np.maximum.at(widths, owner, lengths)
    kept = np.arange(width) < widths[:, None]
    return tuple(codec.encode(added[kept], widths))


def bin_sums(texts: Sequence[str], owner: Owner, groups: int) -> tuple[str, ...]:
    """Return the sums of counts by bin."""
    row, place, count = codec.filled_bins(texts)
    added = np.zeros((groups, int(place.max(initial=0)) + 1), np.int64)
    np.add.at(added, (owner[row], place), count)
    return tuple(codec.encode_bins(added))


def places(lengths: Numbers) -> Numbers:
    """Return the place of each value in its row, of rows one after the other."""
    at: Numbers = np.arange(lengths.sum()) - np.repeat(
        np.cumsum(lengths) - lengths, lengths
    )
    return at
