"""The search for the times at which rooms come into use more than chance has it.

Windows of several widths, at all places of the clock and for all masks of days, are
weighed by a bound; each room's best are tested exactly, and pay for having been
searched for by a share of the risk (Bonferroni's correction, weighted).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MS, HOUR_MS, MINUTE_MS, WAKING_DAY_STARTS_MS
from ..eligibility import NEEDED_SHARE, eligible_days
from ..evidence import Floats
from ..occasions import Span
from ..tables import Numbers
from ..time_of_day.rhythm import BINS, STEP_MINUTES, STEP_MS, Rhythms
from ..time_of_day.spacing import gaps_of
from ..time_of_day.weekday_mask import MASK_SHARES, PLAIN, SHARED_DAYS, DaySorts
from .rhythm import RoomRhythms
from .rooms import Rooms
from .stays import Stays

FEWEST_DAYS: Final = 6
"""Matches that any claim needs: a single weekday has hardly more in two months."""

FEWEST_SHARE: Final = 0.3
"""Share of days below which no claim of .5 can be made, even of what began lately."""

LEAST_LIFT: Final = 1.5
"""Times as many days as by chance: what a rhythm tells nearly as well is no news."""

EVERYTHING: Final = 0.8
"""Share of the other rooms that come into use at the same time, from which it is the
home that is in use, and no room."""

PEAKS: Final = 3
"""Times of use of a room that are tested: a morning, a noon, an evening."""

HALF_WIDTHS: Final = (2, 3, 4, 6, 9, 12, 18, 24)
"""Half widths of the windows, in bins: 10 minutes to 2 hours, by about half."""

_LENGTHS: Final = 256
"""Lengths for which the chance of being met is tabled, evenly from 0 to 1."""


def _windows() -> tuple[Numbers, Numbers]:
    # Steps of half a half width: a time of use is never far off a window's middle.
    middles = [np.arange(0, BINS, max(1, half // 2)) for half in HALF_WIDTHS]
    half = np.repeat(HALF_WIDTHS, [own.size for own in middles])
    return np.concatenate(middles), half


MIDDLE, HALF = _windows()

ALIKE: Final = 5.0
"""How much less than so many separate chances the windows are, as they overlap.

Measured on homes without habits: so that a room's least corrected p is below any level
with at most that probability."""

RISK: Final = ALIKE / (len(HALF_WIDTHS) * BINS / HALF)
"""The share of the risk that each window gets: widths alike, places alike.

Windows of a width that overlap by more than half are hardly separate chances."""


@dataclass(frozen=True, eq=False)
class Use:
    """A time at which a room comes into use, tested exactly.

    Attributes:
        room: which room.
        span: the window of the clock.
        sorts: tells the days of masks.
        mask: the days, a position in ``MASKS`` or one of the two after those.
        eligible: numbers of the eligible habit-days.
        matched: those of them that matched.
        chances: shape (eligible,), the chance of a match on each.
        risk: the share of the risk spent on the window.
    """

    room: int
    span: Span
    sorts: DaySorts
    mask: int
    eligible: Numbers
    matched: Numbers
    chances: Floats
    risk: float

    @property
    def expected(self) -> float:
        """Return the days matched by chance."""
        return float(self.chances.sum())


def enough_days(rooms: Rooms) -> NDArray[np.bool_]:
    """Tell which rooms were in use on enough days for any claim, shape (rooms,)."""
    used = np.zeros((len(rooms.area_ids), rooms.home.days.size), bool)
    known = rooms.day >= 0
    used[rooms.visits.key[known], rooms.day[known]] = True
    enough: NDArray[np.bool_] = used.sum(axis=1) >= FEWEST_DAYS
    return enough


def searched_uses(rhythms: RoomRhythms) -> Iterator[Use]:
    """Yield the times of use that are worth an exact test, by room, best first.

    A home with one room has nothing to hold it against.
    """
    enough = enough_days(rhythms.rooms)
    if enough.sum() < 2:
        return
    sorts = DaySorts.of(rhythms.rooms.visits.days, rhythms.rooms.visits.calendar)
    for room in np.flatnonzero(enough).tolist():
        for window in _peaks(rhythms, sorts, room):
            use = _examined(rhythms, sorts, room, window)
            if (
                use.matched.size >= max(FEWEST_DAYS, LEAST_LIFT * use.expected)
                and rhythms.share_of_others(room, use.span, use.matched) < EVERYTHING
            ):
                yield use


def _examined(rhythms: RoomRhythms, sorts: DaySorts, room: int, window: int) -> Use:
    """Return a window's days, matches and chances, with the mask that fits best."""
    visits = rhythms.rooms.visits
    low = int(MIDDLE[window] - HALF[window]) * STEP_MINUTES
    span = Span(low, low + 2 * int(HALF[window]) * STEP_MINUTES)
    area = visits.keys[room].entity_id
    eligible = eligible_days(visits, area, span.low, span.high, "each", span.center)
    began = Stays.of(rhythms.rooms, room, span, visits.days[eligible])
    matched = np.isin(visits.days, began.day)
    mask = int(sorts.best(matched[None], eligible[None])[0])
    held = sorts.held(np.array([mask]))[0]
    days = visits.days[eligible & held]
    return Use(
        room,
        span,
        sorts,
        mask,
        days,
        visits.days[matched & held],
        rhythms.chances(room, span, days),
        float(RISK[window] * MASK_SHARES[PLAIN[mask]]),
    )


def _peaks(rhythms: RoomRhythms, sorts: DaySorts, room: int) -> Iterator[int]:
    """Yield the windows whose gain pays for their risk with some mask, best first."""
    rooms = rhythms.rooms
    share = rooms.visits.available[room].sum(axis=1) / (DAY_MS // HOUR_MS)
    eligible = rooms.home.occupied & (share >= NEEDED_SHARE)
    days = _by_mask(np.ones((eligible.size, 1)), sorts, eligible)
    hits = _by_mask(_begun(rooms, room), sorts, eligible)
    enough = hits >= np.maximum(FEWEST_DAYS, FEWEST_SHARE * days)
    looked = np.flatnonzero(enough.any(axis=0))
    hits, enough = hits[:, looked], enough[:, looked]
    expected = _by_mask(_chances(rhythms, room, looked), sorts, eligible)
    mask, place = np.nonzero(enough & (hits >= LEAST_LIFT * expected))
    window = looked[place]
    gains = _gain(hits[mask, place], expected[mask, place], days[mask, 0])
    gains += np.log(RISK[window] * MASK_SHARES[PLAIN[mask]])
    paid = gains > 0
    mask, window, gains = mask[paid], window[paid], gains[paid]
    order = np.lexsort((window, mask, -gains))
    mask, window = mask[order], window[order]
    for _ in range(PEAKS):
        if not mask.size:
            return
        yield int(window[0])
        apart = np.abs(MIDDLE[window] - MIDDLE[window[0]])
        apart = np.minimum(apart, BINS - apart)
        left = ~SHARED_DAYS[mask[0], mask]
        left |= apart >= HALF[window] + HALF[window[0]]
        mask, window = mask[left], window[left]


def _by_mask(values: Floats, sorts: DaySorts, eligible: NDArray[np.bool_]) -> Floats:
    """Return sums over the eligible days of each mask, shape (masks, windows).

    Args:
        values: shape (days, windows).
        sorts: tells the days of masks.
        eligible: shape (days,).
    """
    number = np.where(eligible, sorts.sort, -1)
    sums = np.array(
        [values[number == sort].sum(axis=0) for sort in range(sorts.rows.shape[1])]
    )
    # Not a product of matrices: those wake up threads, and sum in no fixed order.
    found: Floats = np.einsum("md,dw->mw", sorts.rows, sums)
    return found


def _gain(hits: Floats, expected: Floats, days: Floats) -> Floats:
    """Return the log likelihood gained over chance.

    A bound of the logarithm of a p (W. Hoeffding, Probability inequalities for sums
    of bounded random variables, JASA 58, 1963).
    """
    share, chance = hits / days, np.clip(expected / days, 1e-6, 1 - 1e-6)
    met, rest = np.clip(share, 1e-9, 1.0), np.clip(1 - share, 1e-9, 1.0)
    gained: Floats = days * (
        met * np.log(met / chance) + rest * np.log(rest / (1 - chance))
    )
    return gained


def _begun(rooms: Rooms, room: int) -> Floats:
    """Return in which windows a room came into use: 1 or 0, shape (days, windows)."""
    middle = rooms.visits.days[:, None] * BINS + MIDDLE
    return rooms.began(room, middle - HALF, middle + HALF).astype(float)


def _chances(rhythms: RoomRhythms, room: int, looked: NDArray[np.intp]) -> Floats:
    """Return the chance that windows are met, by whichever rhythm explains more.

    By waking days, which is good enough to choose by.

    Args:
        rhythms: of all rooms.
        room: which.
        looked: shape (n,), the windows asked about.

    Returns:
        Shape (days, n).
    """
    own, others = (
        _met(rhythms.rooms, room, rhythm, row, looked)
        for rhythm, row in rhythms.of_days(room, rhythms.rooms.visits.days)
    )
    return np.maximum(own, others)


def _met(
    rooms: Rooms,
    room: int,
    rhythm: Rhythms,
    row: Numbers,
    looked: NDArray[np.intp],
) -> Floats:
    """Return the chance that windows are met on each day, if a rhythm is all.

    Args:
        rooms: the rooms.
        room: which.
        rhythm: the rhythm.
        row: shape (days,), its row that holds on each day.
        looked: shape (n,), the windows asked about.

    Returns:
        Shape (days, n).
    """
    visits = rooms.visits
    own = visits.of_key(room)
    kept = rooms.day[own] >= 0
    day, wall = rooms.day[own][kept], visits.wall[own][kept]
    order = np.lexsort((wall, day))
    day, wall = day[order], wall[order]
    start = rhythm.cdf[row, WAKING_DAY_STARTS_MS // STEP_MS][day]
    minutes = (wall - visits.days[day] * DAY_MS) / MINUTE_MS
    passed = rhythm.upto(minutes, row[day]) - start
    gaps = gaps_of(day, passed.clip(0.0, 1.0))
    size = visits.days.size * (_LENGTHS + 1)
    flat = day * (_LENGTHS + 1) + np.ceil(gaps * _LENGTHS).clip(0, _LENGTHS).astype(int)
    count = np.bincount(flat, minlength=size).reshape(-1, _LENGTHS + 1).cumsum(axis=1)
    total = np.bincount(flat, gaps, minlength=size).reshape(-1, _LENGTHS + 1)
    longer = count[:, -1:] - count
    met = total.cumsum(axis=1) + longer * (np.arange(_LENGTHS + 1) / _LENGTHS)
    low, high = (MIDDLE - HALF)[looked], (MIDDLE + HALF)[looked]
    chance = np.empty((visits.days.size, looked.size))
    for kind in np.unique(row).tolist():
        cdf, days = rhythm.cdf[kind], np.flatnonzero(row == kind)
        length = cdf[high % BINS] + high // BINS - cdf[low % BINS] - low // BINS
        place = np.ceil(length * _LENGTHS).clip(0, _LENGTHS).astype(int)
        chance[days] = met[days][:, place]
    return chance
