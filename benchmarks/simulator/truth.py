"""What was planted in a home, and what may therefore be said about it."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

type Anchor = Literal["each", "first", "last"]
type Kind = Literal[
    "time_of_day",
    "co_occurrence",
    "sequence",
    "duration",
    "room_based",
    "session",
    "contextual",
]
type OddityKind = Literal["many", "none", "hour", "left_on", "missed", "silent"]

#: Jitter (sd, minutes) and adherence from which a timed habit is plain to see.
CLEAR_SD = 15.0
CLEAR_ADHERENCE = 0.7


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """A state that an entity enters."""

    entity_id: str
    state: str


@dataclass(frozen=True, slots=True)
class Condition:
    """What a habit depends on.

    `kind` is `sunrise` or `sunset`, from which it keeps `offset` minutes; `below` or
    `above` a `limit` of what an entity measures; `state` for as long as an entity is
    on; or `none`, where it only seems to depend on something.
    """

    kind: str
    entity_id: str = ""
    offset: float = 0.0
    limit: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedHabit:
    """A habit of the household, as it was planted and as it then happened.

    `minute` is the wall-clock minute (0 to 1440) expected after the last day,
    drift included, and `sd` the jitter in minutes; `lag` is the median of seconds
    from the first to the last step. `adherence` is the planted share of eligible
    days (of first steps, for links). `eligible` and `kept` are the days on which
    the habit could have happened and did, for links the days of first steps and
    those of followed ones; `instants` are UTC seconds of what happened, of the
    first step. `realized` is the share of first steps that were followed in the
    finished stream, whatever made them happen. `implied` marks what is true since
    another habit is: nobody expects it to be listed on its own.

    `duration` is the median of seconds that something lasts, `spread` the sd of its
    log. `area_ids` are a room in use from `minute` until `until`, the two rooms of a
    move, or the room of a session, whose `steps` are its members. `condition` is what
    a contextual habit depends on; its `minute` may be one after the sun's event.
    """

    name: str
    kind: Kind
    steps: tuple[Step, ...]
    adherence: float
    minute: float | None = None
    sd: float | None = None
    anchor: Anchor = "each"
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    drift: float = 0.0
    lag: float | None = None
    duration: float | None = None
    spread: float | None = None
    area_ids: tuple[str, ...] = ()
    until: float | None = None
    first_day: date
    last_day: date
    stopped: bool = False
    implied: bool = False
    automation: str | None = None
    eligible: tuple[int, ...] = ()
    kept: tuple[int, ...] = ()
    instants: tuple[float, ...] = ()
    realized: float | None = None
    condition: Condition | None = None

    def followed(self, days: int) -> float:
        """Return the share of first steps on the first days that were followed."""
        begun = sum(day < days for day in self.eligible)
        return sum(day < days for day in self.kept) / max(begun, 1)

    @property
    def clear(self) -> bool:
        """Whether a person would call it a habit at once: kept, and on time."""
        if self.kind == "duration":
            return True
        if self.kind == "session":
            return self.adherence >= CLEAR_ADHERENCE
        if self.kind == "contextual":
            return len(self.kept) >= CLEAR_ADHERENCE * len(self.eligible)
        if self.kind == "time_of_day" and (self.anchor != "each" or self.sd is None):
            return False
        on_time = self.sd is None or self.sd <= CLEAR_SD
        return on_time and self.adherence >= CLEAR_ADHERENCE


@dataclass(frozen=True, slots=True)
class PlantedOddity:
    """What went wrong with an entity on a day, counted from the home's first."""

    kind: OddityKind
    entity_id: str
    day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Everything that is true of a home.

    `links` holds the ordered pairs of steps of which the second really follows the
    first, planted or entailed (`entailed.py` tells why); `automated` those that an
    automation brings about, by pair or by the step alone, with its entity id;
    `oddities` what was out of the ordinary.
    """

    habits: tuple[PlantedHabit, ...] = ()
    links: frozenset[tuple[Step, Step]] = frozenset()
    automated: tuple[tuple[tuple[Step, ...], str], ...] = ()
    oddities: tuple[PlantedOddity, ...] = ()
