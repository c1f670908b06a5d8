"""The rules a household lives by, before any day of it is drawn."""

from dataclasses import dataclass
from typing import Literal

from .house import House
from .residents import Resident
from .truth import Anchor, OddityKind, Step

type Noise = Literal["normal", "dense"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedRule:
    """A state entered about a time of day, each time or as a day's first or last.

    `resident` is whose waking (or bedtime) `minute` counts from, or -1 where it is
    a wall-clock minute; `device` marks hardware that does it with nobody home;
    `holidays` is false where the habit rests on public holidays.
    """

    name: str
    step: Step
    minute: float
    sd: float
    adherence: float
    anchor: Anchor = "each"
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    drift: float = 0.0
    resident: int = -1
    device: bool = False
    first_day: int = 0
    last_day: int | None = None
    automation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRule:
    """Whenever `cause` is entered, `effect` follows with probability `adherence`.

    The lag is log-normal: `lag` seconds in the median, `spread` the sd of its log.
    """

    name: str
    cause: Step
    effect: Step
    lag: float
    spread: float
    adherence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutineRule:
    """Steps done in a row; each but the first has a median lag and its log's sd.

    The first step is at `minute` (wall clock, or counted from the waking of
    `resident`), with `arrival` whenever that resident comes home, or `any_time` so
    often a day at no particular time; each later one is left out with probability
    `skip`. `shuffled` steps come in another order each time. What an `automation`
    does comes when it says, whoever is home.
    """

    name: str
    steps: tuple[Step, ...]
    lags: tuple[float, ...]
    spreads: tuple[float, ...]
    adherence: float
    skip: float
    minute: float = 0.0
    sd: float = 0.0
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    resident: int = -1
    arrival: bool = False
    any_time: float = 0.0
    shuffled: bool = False
    last_day: int | None = None
    automation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomRule:
    """A room in which somebody is from one wall-clock minute to another.

    Both ends scatter with the same `sd`; meanwhile `sensor` sees somebody now and
    then.
    """

    name: str
    area_id: str
    sensor: str
    begin: float
    end: float
    sd: float
    adherence: float
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRule:
    """Who was in a room goes to another one next, with probability `adherence`."""

    name: str
    origin: str
    target: str
    adherence: float
    lag: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingRule:
    """Things of a room that are begun in one sitting, in no particular order.

    Each takes part with probability `joins`, begins `within` so many minutes of the
    sitting's begin, and is done after about `length` minutes.
    """

    name: str
    area_id: str
    members: tuple[Step, ...]
    minute: float
    sd: float
    adherence: float
    joins: float
    within: float
    length: float
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionRule:
    """A state entered under a condition, as `conditions` tells of each `kind`.

    `minute` is a wall-clock minute, or one after the sun's event. `share` is that of
    the days on which the condition holds, `entity_id` what has to be on.
    """

    name: str
    step: Step
    kind: str
    minute: float
    sd: float
    adherence: float
    share: float = 0.5
    entity_id: str = ""
    automation: str | None = None


@dataclass(frozen=True, slots=True)
class Binge:
    """Something used again and again on one evening, which makes no habit."""

    entity_id: str
    day: int
    times: int


@dataclass(frozen=True, slots=True)
class Oddity:
    """What goes wrong with an entity on a day."""

    kind: OddityKind
    entity_id: str
    day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A household: its house, its people, and the rules they follow.

    `days` is the span that rules are told for; life may go on after it.
    `hall` names the motion sensor and the light that an automation ties together;
    `quiet` are entities whose random use is rare, since a rule would drown in it;
    `held` is a motion sensor that stays on for so many seconds, whatever it sees.
    `sittings` have rooms of their own; what is done `alone` there only looks like one.
    `conditions` have things of their own, too; `weather` is the seed of how warm it is.
    """

    days: int
    house: House
    residents: tuple[Resident, ...]
    noise: Noise
    timed: tuple[TimedRule, ...] = ()
    links: tuple[LinkRule, ...] = ()
    routines: tuple[RoutineRule, ...] = ()
    hall: tuple[str, str] | None = None
    quiet: frozenset[str] = frozenset()
    vacation: tuple[int, int] | None = None
    rooms: tuple[RoomRule, ...] = ()
    moves: tuple[MoveRule, ...] = ()
    binges: tuple[Binge, ...] = ()
    oddities: tuple[Oddity, ...] = ()
    held: tuple[str, float] | None = None
    sittings: tuple[SittingRule, ...] = ()
    alone: tuple[TimedRule, ...] = ()
    conditions: tuple[ConditionRule, ...] = ()
    weather: int = 0
