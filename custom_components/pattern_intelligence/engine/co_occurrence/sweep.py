"""How often things hold when others ask: counted for sixty-four of them at a time.

Each thing is a bit of a number that changes as time goes by, so one number tells of
sixty-four of them at an occasion. The numbers of all occasions of one who asks are
added bit by bit, which needs no look at any single pair (carry-save adders: H. S.
Warren, Hacker's Delight, 2nd edition 2012, section 5-1).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import Instants
from ..tables import Numbers
from .crossday import Bits

WORD: Final = 64
"""Things that are looked at together: as many as a number has bits."""

AT_ONCE: Final = 1 << 17
"""Numbers added together, so that memory stays small and the processor's is used."""


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """Some owners with about as many occasions, of which there is a power of two.

    Attributes:
        owner: shape (n,).
        places: shape (occasions, n), the places of their occasions in the order of
            time; one behind all of them for none.
    """

    owner: Numbers
    places: NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """The occasions of some owners.

    Attributes:
        times: shape (n,), ascending UTC milliseconds.
        groups: the owners, each in one of them.
    """

    times: Instants
    groups: tuple[_Group, ...]

    @classmethod
    def of(cls, instants: Instants, owner: Numbers, owners: int) -> Asked:
        """Return what asks for some occasions.

        Args:
            instants: shape (n,), UTC milliseconds.
            owner: shape (n,), whose each is, ascending.
            owners: how many there are.
        """
        order = np.argsort(instants, kind="stable")
        place = np.empty(order.size + 1, np.intp)
        place[order] = np.arange(order.size)
        place[-1] = order.size
        edges = np.searchsorted(owner, np.arange(owners + 1))
        sizes = np.diff(edges)
        powers = [1 << max(size - 1, 0).bit_length() for size in sizes.tolist()]
        height = np.array(powers, np.int64)
        groups = []
        for rows in np.unique(height[sizes > 0]).tolist():
            those = np.flatnonzero((height == rows) & (sizes > 0))
            width = max(AT_ONCE // rows, 1)
            for begin in range(0, those.size, width):
                some = those[begin : begin + width]
                at = edges[some] + np.arange(rows)[:, None]
                at[at >= edges[some + 1]] = order.size
                groups.append(_Group(some, place[at]))
        return cls(instants[order], tuple(groups))

    def places(self, instants: Instants) -> NDArray[np.intp]:
        """Return how many of the occasions come before each of some instants."""
        return np.searchsorted(self.times, instants)

    def often(
        self,
        begins: Sequence[NDArray[np.intp]],
        end: NDArray[np.intp],
        thing: Numbers,
        least: Numbers,
    ) -> Iterator[tuple[int, Numbers, Numbers, Numbers]]:
        """Yield which things hold at enough of an owner's occasions, and at how many.

        Things may be understood in several senses, from wide to narrow: what does not
        hold often enough in one does not in the next.

        Args:
            begins: for each sense, shape (m,), the first place at which a thing holds,
                never before that of the sense before.
            end: shape (m,), the first place at which it holds no more; a thing is
                never begun again before.
            thing: shape (m,), which thing, ascending. Those that hold about as often
                had best be neighbors.
            least: shape (owners,), occasions at which it must hold, from 1 on.

        Yields:
            The sense, then owners, things and counts, of one shape; each pair once.
        """
        toggles = np.zeros(self.times.size + 1, np.uint64)
        states = np.empty_like(toggles)
        most = max((group.places.size for group in self.groups), default=0)
        room = np.empty((3, most), np.uint64)
        bit = np.left_shift(np.uint64(1), (thing % WORD).astype(np.uint64))
        words = np.arange(int(thing.max(initial=-1)) // WORD + 2) * WORD
        edges = np.searchsorted(thing, words)
        all_groups = [(group, _wanted(group, least)) for group in self.groups]
        for first, low, high in zip(words, edges[:-1], edges[1:], strict=False):
            groups = all_groups
            for sense, begin in enumerate(begins):
                toggles.fill(0)
                np.bitwise_xor.at(toggles, begin[low:high], bit[low:high])
                np.bitwise_xor.at(toggles, end[low:high], bit[low:high])
                np.bitwise_xor.accumulate(toggles, out=states)
                left = []
                for group, wanted in groups:
                    digits = _added(states, group.places, room)
                    hit, row, place, count = _enough(digits, wanted)
                    if hit.size:
                        yield sense, group.owner[hit[row]], first + place, count
                        left.append(_narrowed(group, wanted, hit))
                if not left:
                    break
                groups = left


def _wanted(group: _Group, least: Numbers) -> Bits:
    """Return one less than what is wanted, digit by digit, each all ones or none.

    Args:
        group: the owners.
        least: shape (owners,), occasions from 1 on.

    Returns:
        Shape (digits, n), the lowest binary digit first.
    """
    digits = len(group.places).bit_length()
    # More than all digits can say are never met.
    wanted = np.minimum(least[group.owner] - 1, (1 << digits) - 1)
    ones: Bits = (wanted >> np.arange(digits)[:, None] & 1).astype(np.uint64)
    return np.negative(ones)


def _narrowed(
    group: _Group, wanted: Bits, hit: NDArray[np.intp]
) -> tuple[_Group, Bits]:
    """Return some owners of a group, if that is worth it."""
    if 2 * hit.size > group.owner.size:
        return group, wanted
    return _Group(group.owner[hit], group.places[:, hit]), wanted[:, hit]


def _added(states: Bits, places: NDArray[np.intp], room: Bits) -> Bits:
    """Return how often each bit is set, digit by digit.

    Args:
        states: what is set at each place.
        places: shape (rows, n), a power of two of rows.
        room: shape (3, at least rows * n), to work in.

    Returns:
        Shape (digits, n), the lowest binary digit first.
    """
    rows, n = places.shape
    numbers = room[0, : rows * n].reshape(1, rows, n)
    np.take(states, places, out=numbers[0], mode="clip")
    for digits in range(1, rows.bit_length()):
        rows //= 2
        one, other = numbers[:, :rows], numbers[:, rows:]
        # Two numbers of some digits are one of a digit more: never more in all.
        numbers = room[digits % 2, : (digits + 1) * rows * n]
        numbers = numbers.reshape(digits + 1, rows, n)
        both, carried = room[2, : 2 * rows * n].reshape(2, rows, n), numbers[-1]
        # Nothing is carried into the lowest digit.
        np.bitwise_xor(one[0], other[0], out=numbers[0])
        np.bitwise_and(one[0], other[0], out=carried)
        for total, a, b in zip(numbers[1:], one[1:], other[1:], strict=False):
            np.bitwise_xor(a, b, out=total)
            np.bitwise_and(a, b, out=both[0])
            np.bitwise_and(total, carried, out=both[1])
            np.bitwise_xor(total, carried, out=total)
            np.bitwise_or(both[0], both[1], out=carried)
    return numbers[:, 0]


def _enough(
    digits: Bits, wanted: Bits
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], Numbers]:
    """Return the columns that have a bit set often enough, which, and how often.

    Args:
        digits: shape (digits, n), as :func:`_added` has them.
        wanted: of the same shape, as :func:`_wanted` has it.

    Returns:
        The columns; for each pair the place among those, the bit and the count.
    """
    # More than one less than that: the highest digit that differs is set.
    above = digits[0] & ~wanted[0]
    for digit, mark in zip(digits[1:], wanted[1:], strict=True):
        differs = digit ^ mark
        above &= ~differs
        differs &= digit
        above |= differs
    hit = np.flatnonzero(above)
    bits = np.unpackbits(
        above[hit].astype("<u8").view(np.uint8).reshape(-1, 8),
        axis=1,
        bitorder="little",
    )
    row, place = np.nonzero(bits)
    shift = place.astype(np.uint64)
    count = np.zeros(row.size, np.uint64)
    for digit, words in enumerate(digits[:, hit]):
        count |= (words[row] >> shift & np.uint64(1)) << np.uint64(digit)
    return hit, row, place, count.astype(np.int64)
