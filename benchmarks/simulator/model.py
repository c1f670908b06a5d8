"""What a simulated home consists of: registries, columns of rows, its truth."""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .clock import Bools, Floats, Ints, LocalClock
from .truth import Truth

type Codes = NDArray[np.int32]
type Bytes = NDArray[np.int8]


class Cause(IntEnum):
    """Who or what brought a state about."""

    DEVICE = 0
    USER = 1
    AUTOMATION = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """An entity as the registries know it, and its two everyday states.

    `mirrors` names the entity whose states this one repeats, as a sibling on the
    same device or a tracker behind a person does.
    """

    entity_id: str
    name: str
    area_id: str | None = None
    device_id: str | None = None
    device_class: str | None = None
    unit: str | None = None
    category: Literal["diagnostic", "config"] | None = None
    platform: str = "zha"
    active: str = "on"
    rest: str = "off"
    mirrors: str | None = None

    @property
    def domain(self) -> str:
        """The part of the id before the dot."""
        return self.entity_id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Area:
    """A room, on a floor."""

    area_id: str
    name: str
    floor_id: str | None


@dataclass(frozen=True, slots=True)
class Device:
    """A device; its entities name it, its area is theirs unless they have one."""

    device_id: str
    name: str
    area_id: str | None
    model: str


@dataclass(frozen=True, slots=True)
class Runs:
    """Stretches of time an entity spends in its active state, in columns.

    `entity` indexes `Home.entities`; `start` and `end` are UTC seconds; `habit` is
    true where a planted rule made the run; `user` is the resident who clicked, or
    -1; `fire` numbers the firing of an automation that made the run, or is -1;
    `people` is true where somebody stood in the room; `by_end` is true where the
    end is what the rule was about.
    """

    entity: Codes
    start: Floats
    end: Floats
    habit: Bools
    user: Bytes
    fire: Ints
    people: Bools
    by_end: Bools

    def __len__(self) -> int:
        """Return the number of runs."""
        return len(self.start)

    def take(self, which: Bools | Ints) -> Runs:
        """Return the runs selected by a mask or by positions."""
        return Runs(*(getattr(self, name)[which] for name in self.__slots__))

    @staticmethod
    def of(
        entity: Codes | int,
        start: Floats,
        end: Floats,
        *,
        habit: bool = False,
        user: Bytes | int = -1,
        fire: Ints | int = -1,
        people: bool = True,
        by_end: bool = False,
    ) -> Runs:
        """Make runs, spreading what is given once over all of them."""
        size = len(start)
        return Runs(
            np.broadcast_to(np.asarray(entity, np.int32), (size,)),
            np.asarray(start, np.float64),
            np.asarray(end, np.float64),
            np.full(size, habit),
            np.broadcast_to(np.asarray(user, np.int8), (size,)),
            np.broadcast_to(np.asarray(fire, np.int64), (size,)),
            np.full(size, people),
            np.full(size, by_end),
        )

    @staticmethod
    def join(parts: list[Runs]) -> Runs:
        """Return all runs of the parts, ordered by start, then by entity."""
        columns = [
            np.concatenate([getattr(part, name) for part in parts])
            for name in Runs.__slots__
        ]
        joined = Runs(*columns)
        return joined.take(np.lexsort((joined.entity, joined.start)))


@dataclass(frozen=True, slots=True)
class Fire:
    """One firing of an automation: what `automation_triggered` records.

    `context` numbers the context that its actions share; `parent` that of what
    triggered it, or -1 for a time trigger.
    """

    instant: float
    entity_id: str
    name: str
    context: int
    parent: int


@dataclass(frozen=True, slots=True)
class Stream:
    """What the recorder kept, in columns ordered by time.

    `entity` indexes `Home.entities`, `state` indexes `labels`; `instant` is UTC
    seconds; `changed` is false where only attributes changed; `user` is the
    resident who did it or -1; `context` is -1 where the row has a context of its
    own; `parent` numbers the context that led to it, or -1.
    """

    entity: Codes
    state: Codes
    instant: Floats
    changed: Bools
    user: Bytes
    context: Ints
    parent: Ints
    labels: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.instant)

    def take(self, which: Bools | Ints) -> Stream:
        """Return the rows selected by a mask or by positions."""
        return Stream(
            self.entity[which],
            self.state[which],
            self.instant[which],
            self.changed[which],
            self.user[which],
            self.context[which],
            self.parent[which],
            self.labels,
        )


@dataclass(frozen=True, slots=True)
class RecorderRun:
    """A time during which the recorder was up; only a crash leaves it unclosed."""

    start: float
    end: float
    closed_incorrectly: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What Home Assistant's own files hold of a home: registries and history.

    `position` is degrees north and east.
    """

    time_zone: str
    country: str | None
    position: tuple[float, float]
    entities: tuple[Entity, ...]
    areas: tuple[Area, ...]
    floors: tuple[tuple[str, str], ...]
    devices: tuple[Device, ...]
    users: tuple[str, ...]
    stream: Stream
    fires: tuple[Fire, ...]
    recorder_runs: tuple[RecorderRun, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Home(Recorded):
    """A simulated home: its registries, everything recorded, and what is true.

    Of its `days` the first `told` are those its truth is told as of: plans are made
    for them, and a drifting habit is where it is on the last of them. What comes
    after is there to check against what was learned. `runs` is what happened before
    the recorder's outages touched it. A `rich` home has what `enrich` plants. `somebody`
    holds the begin and the end of every stretch in which at least one resident
    was home, in UTC seconds.
    """

    seed: int
    rich: bool = False
    noise: Literal["normal", "dense"]
    first_day: date
    days: int
    told: int
    holidays: frozenset[date]
    runs: Runs
    somebody: Floats
    truth: Truth

    @property
    def clock(self) -> LocalClock:
        """The home's civil time."""
        return LocalClock.of(self.time_zone, self.first_day, self.days)
