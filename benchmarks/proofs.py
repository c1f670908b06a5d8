"""Proves claims about times of day on many fresh days of the same simulated home.

What was planted is known to be true; what follows from it is too much to list: the
firsts and lasts of whatever people use follow their wakings and bedtimes, an effect
keeps the time of its cause, lights come on when somebody is back from work. Such a
claim is true if the home, living on with its habits as they stood, keeps it clearly
more often than when each burst is drawn anew from the entity's own profile smoothed
with a sd of two hours. Clearly is by 15 of 100 days: of entities that have nothing but
a rhythm and bursts, 99 in 100 get less on their best hour, or with their firsts and
lasts. For a first or last it is enough to be more often than when
drawn from the profile as it is: then the days themselves differ, as a rhythm's do
not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .simulator import Home, fresh_days
from .simulator.clock import DAY_MINUTES, Bools, Floats, Ints, LocalClock
from .simulator.happenings import Happenings
from .simulator.nulls import SMOOTHING, redrawn
from .simulator.truth import Anchor

FRESH_DAYS = 728
#: Smoothing (sd, minutes) that leaves a profile as it is, but for its grain.
_HARDLY = 20.0
#: A claim that is kept on fewer days, in its window as widened, is not true.
_LEAST = 0.4
#: By what share of days a claim must be kept more often than by a smooth chance.
_CLEARLY = 0.15
#: The same for a first or last, and chance that follows the profile as it is.
_MORE = 0.05
_Z = 3.0
#: How often chance is drawn, so that its own noise does not decide.
_DRAWS = 4
#: Minutes by which the stated window, an estimate, may be off.
_SLACK = 5.0


@dataclass(frozen=True, slots=True)
class Window:
    """When something is claimed to happen.

    `earliest`, `time` and `latest` are wall-clock minutes; `latest` may be less
    than `earliest`. `weekdays` count from Monday as 0.
    """

    anchor: Anchor
    earliest: float
    time: float
    latest: float
    weekdays: frozenset[int]

    @property
    def widened(self) -> float:
        """By how many minutes the contract widens the window on either side."""
        return max(10.0, (self.before() + self.after()) / 2)

    def before(self, slack: float = 0.0) -> float:
        """Return how many minutes before `time` the window begins.

        Less than none where a drifting habit is expected outside of it.
        """
        return _signed(self.time - self.earliest) + slack

    def after(self, slack: float = 0.0) -> float:
        """Return how many minutes after `time` the window ends."""
        return _signed(self.latest - self.time) + slack


def _signed(minutes: float) -> float:
    """Return the shorter way round the clock, below 0 where it goes back."""
    return (minutes + DAY_MINUTES / 2) % DAY_MINUTES - DAY_MINUTES / 2


def hits(instants: Floats, clock: LocalClock, window: Window, slack: float) -> Bools:
    """Tell on which habit-days a claim was kept, for every day of a span.

    A habit's day is the 24 hours centered on its time; that of a first or last is
    the waking day.

    Args:
        instants: When the state was entered, UTC seconds.
        clock: The span of days.
        window: What is claimed.
        slack: Minutes by which the window is widened on either side.
    """
    kept = np.zeros(clock.days, np.bool_)
    if not len(instants):
        return kept
    if window.anchor == "each":
        day, minute = clock.local(instants)
        away = minute - window.time
        turn = np.round(away / DAY_MINUTES).astype(np.int64)
        day, away = day + turn, away - turn * float(DAY_MINUTES)
    else:
        day, away = _edges(*clock.waking(np.sort(instants)), window)
    fits = (away >= -window.before(slack)) & (away <= window.after(slack))
    fits &= (day >= 0) & (day < clock.days)
    kept[day[fits]] = True
    return kept


def _edges(day: Ints, minute: Floats, window: Window) -> tuple[Ints, Floats]:
    """Return the first or last of each waking day, in minutes from the claimed."""
    if window.anchor == "first":
        day, where = np.unique(day, return_index=True)
        minute = minute[where]
    else:
        day, where = np.unique(day[::-1], return_index=True)
        minute = minute[::-1][where]
    center = window.time + DAY_MINUTES * (window.time < 240)
    return day, minute - center


class Prover:
    """Judges claims about times by how a home lives on."""

    def __init__(self, home: Home, days: int = FRESH_DAYS) -> None:
        """Take a simulated home; nothing is lived until something is asked."""
        self._home = home
        self._days = days
        self._index = {e.entity_id: n for n, e in enumerate(home.entities)}

    @cached_property
    def _lived(self) -> tuple[Happenings, LocalClock]:
        return fresh_days(self._home, self._days)

    def true(
        self, entity_id: str, state: str, window: Window, *, automated: bool = False
    ) -> bool:
        """Tell whether a claim about an entity's state is true.

        Args:
            entity_id: The entity.
            state: The state it enters.
            window: When, and on which weekdays.
            automated: Whether the claim says that an automation does it; else what
                automations do is not looked at, since it is no habit.
        """
        entity = self._index[entity_id]
        known = self._home.entities[entity]
        if state not in {known.active, known.rest}:
            return False
        happened, clock = self._lived
        active = state == known.active
        instants = happened.of(entity, active=active, by_hand=not automated)
        rng = np.random.default_rng(entity)

        def drawn(smoothing: float) -> Floats:
            same = np.full(len(instants), entity)
            return redrawn(same, instants, clock, rng, smoothing=smoothing)

        days = np.isin(clock.weekdays, list(window.weekdays))
        if hits(instants, clock, window, window.widened)[days].mean() < _LEAST:
            return False
        return _beyond_chance(
            lambda at: hits(at, clock, window, _SLACK)[days], instants, drawn, window
        )


def _beyond_chance(
    kept: Callable[[Floats], Bools],
    instants: Floats,
    drawn: Callable[[float], Floats],
    window: Window,
) -> bool:
    """Compare how often a claim is kept with how often chance keeps it."""
    days = kept(instants)
    share = float(days.mean()) if len(days) else 0.0
    smooth = _chance(kept, drawn, SMOOTHING)
    if share - smooth >= _CLEARLY:
        return True
    if window.anchor == "each":
        return False
    chance = max(smooth, _chance(kept, drawn, _HARDLY))
    spread = np.sqrt((share * (1 - share) + chance * (1 - chance)) / len(days))
    return share - chance > max(_MORE, _Z * float(spread))


def _chance(
    kept: Callable[[Floats], Bools], drawn: Callable[[float], Floats], smoothing: float
) -> float:
    """Return on what share of days chance keeps a claim."""
    return float(np.mean([kept(drawn(smoothing)).mean() for _ in range(_DRAWS)]))
