"""Days from the InfluxDB that Home Assistant's own integration writes states to.

What is not written there is not guessed: who caused a state, that an entity was
unavailable, and that Home Assistant was restarted. Everything counts as done by the
device or a hand, what changed while an entity was away as having happened when it came
back, and times without points as recorded unless the home's sensors fell silent too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import numpy as np

from ...engine.happenings import GAP_STATES, RULES
from ...engine.home import EntityInfo, Home
from ...engine.provenance import PHYSICAL, UNNAMED_AUTOMATION
from ...engine.rawday import UNKNOWN_CARRY, RawDay
from ...engine.scope import Scope, measuring, tracked
from ..recorder_runs import BEGINNING, Recording
from .budget import Budget
from .entities import (
    Stranger,
    last_states,
    number_of,
    number_reader,
    strangers,
    written_entities,
)
from .extent import Edges, days_with_points, edges, silent_days
from .measured import MEASURING_DOMAINS, read_measured
from .place import nothing_at
from .pulse import Pulse
from .rows import SENSOR, Points, ReadNumber, Wanted, read_points
from .server import Server
from .stretch import ReadAhead, Stretch


class InfluxSource:
    """A day source over the states in an InfluxDB of 2.x or 1.8.

    Holds no more than a week of them, and of many points no more than a day. Every
    call blocks.

    Args:
        server: where they are.
        home: the home's context.
        scope: the person's choice of entities.
        now: UTC milliseconds; what is dated later is not believed.
        whole: ids of entities whose states are numbers without a decimal point: the
            text of a number is not kept.
    """

    def __init__(
        self,
        server: Server,
        home: Home,
        scope: Scope,
        now: int,
        whole: Collection[str] = frozenset(),
    ) -> None:
        """Take the parts; nothing is asked yet."""
        self._server = server
        self._home = home
        self._scope = scope
        self._now = now
        self._whole = whole
        self._pulse = Pulse(server, home.civil)
        self._ahead = ReadAhead(self._stretch, home.civil, now)
        self._edges: Edges | None = None
        self._strangers: Mapping[str, Stranger] | None = None
        self._measuring: Collection[str] | None = None

    def extent(self) -> tuple[date, date] | None:
        """Return the first and the last complete local day written, if any."""
        if (span := self._span()) is None:
            return None
        return Recording(*span, ()).complete_days(self._home.civil, self._now)

    def known_extent(self) -> tuple[date, date]:
        """Return the first and the last complete local day written.

        Raises:
            InfluxSourceError: there is none, or the server is away, or says no.
        """
        if (extent := self.extent()) is None:
            raise nothing_at(self._server.place)
        return extent

    def silent(self) -> Collection[date]:
        """Return the days of long stretches in which nothing at all was written."""
        span = self._span()
        return silent_days(self._server, span, self._home.civil) if span else ()

    def told(self, days: Collection[date]) -> Collection[date]:
        """Return those of some local days of which there is any point."""
        return days_with_points(self._server, self._home.civil, days)

    def read(self, day: date, carried: Mapping[str, str] = {}) -> RawDay:
        """Return the rows of the tracked entities on a local day."""
        civil = self._home.civil
        start, end = civil.bounds(day)
        stretch = self._ahead.of(day)
        points = stretch.points.within(start, end)
        entities_known = self._entities()
        before = carried or {
            self._home.resolve(entity_id): state
            for entity_id, state in last_states(
                self._server, *self._asked(entities_known), start
            ).items()
        }
        there = {
            entity_id: state
            for entity_id, state in before.items()
            if state not in GAP_STATES and not self._is_gone(entity_id, start)
        }
        present = [self._home.resolve(entity_id) for entity_id in points.entities]
        entities = tracked({*present, *there}, entities_known, self._scope)
        return self._raw_day(day, entities, present, points, before, stretch)

    def _stretch(self, first: date, last: date, budget: Budget) -> Stretch:
        """Return what was written on the days from first to last."""
        start, end = self._home.civil.start_of(first), self._home.civil.bounds(last)[1]
        wanted, read_number = self._asked(self._entities())
        points = read_points(self._server, wanted, start, end, read_number, budget)
        measured = read_measured(
            self._server, self._home, self._sensors(), start, end, budget
        )
        return Stretch(first, last, points, measured)

    def _raw_day(
        self,
        day: date,
        entities: tuple[str, ...],
        present: list[str],
        points: Points,
        before: Mapping[str, str],
        stretch: Stretch,
    ) -> RawDay:
        start, end = self._home.civil.bounds(day)
        numbers = {entity_id: number for number, entity_id in enumerate(entities)}
        number_of_written = np.array([numbers.get(i, -1) for i in present], np.int32)
        entity = (
            number_of_written[points.entity]
            if present
            else points.entity.astype(np.int32)
        )
        kept = entity >= 0
        states = {state: number for number, state in enumerate(points.states)}
        carried = np.array(
            [
                UNKNOWN_CARRY
                if (state := before.get(i)) is None
                else states.setdefault(state, len(states))
                for i in entities
            ],
            np.int32,
        )
        span = self._span()
        edge = (span[0], span[1] + 1) if span else (end, end)
        instant = points.instant
        return RawDay(
            day=day,
            start=start,
            end=end,
            entities=entities,
            states=tuple(states),
            entity=entity[kept],
            state=points.state[kept],
            instant=np.clip(instant[kept], start, end - 1),
            cause=np.full(int(kept.sum()), PHYSICAL, np.int16),
            carried=carried,
            automations=(UNNAMED_AUTOMATION,),
            recorded=self._pulse.recorded(day, instant, edge, stretch.last),
            readings=stretch.measured.within(start, end),
        )

    def _span(self) -> Edges | None:
        """Return the first and the last instant there is a point, asked once."""
        if self._edges is None:
            self._edges = edges(self._server, BEGINNING, self._now)
        return self._edges

    def _entities(self) -> dict[str, EntityInfo]:
        """Return what is known of the home's entities, and of those it had."""
        if self._strangers is None:
            known = {*self._home.entities, *self._home.aliases}
            self._strangers = strangers(
                self._server, self._domains(), known, self._span() or (0, 0)
            )
        had = {i: stranger.info for i, stranger in self._strangers.items()}
        return {**had, **self._home.entities}

    def _sensors(self) -> Collection[str]:
        """Return the sensors whose numbers are read, as they are written."""
        if self._measuring is None:
            written = written_entities(self._server, MEASURING_DOMAINS)
            present = [self._home.resolve(name) for name in written]
            chosen = {*measuring(present, self._entities(), self._scope)}
            self._measuring = [i for i in written if self._home.resolve(i) in chosen]
        return self._measuring

    def _domains(self) -> Collection[str]:
        return RULES if self._scope.domains is None else self._scope.domains

    def _asked(self, entities: Mapping[str, EntityInfo]) -> tuple[Wanted, ReadNumber]:
        """Return whose points are asked for, and how their numbers are states."""
        sensors = [
            info.entity_id
            for info in entities.values()
            if info.domain == SENSOR
            and any(number_of(option) is not None for option in info.options or ())
        ]
        return (
            Wanted(self._domains(), sensors),
            number_reader(entities, self._whole, self._home.resolve),
        )

    def _is_gone(self, entity_id: str, start: int) -> bool:
        """Tell whether an entity that the home no longer has was last seen before."""
        stranger = (self._strangers or {}).get(entity_id)
        return stranger is not None and stranger.last < start
