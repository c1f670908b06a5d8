"""Which pairs of happenings really follow one another, planted or entailed.

Precision is only fair when everything true in the simulated world may be found:

- what a link or a routine plants, and any two of a routine's steps in order;
- the other state of a linked entity: the effect's end follows the cause as its
  beginning does, and the cause's end follows the effect;
- two states of one entity, since runs have their usual length;
- any two steps of a routine whose order is another each time; what was given up
  two months ago is true no more;
- motion sensors, which see whoever does something in their room, whoever passes
  the hallway, and people walking from room to room; hence also the sensor of the
  room of what is linked, or of where one goes next, and all sensors after somebody came home;
- what mirrors a person is true of the person; of siblings on one device it is too
  trivial to be said;
- the firsts of a day that hang on one person's waking, the lasts on one bedtime.

Everything else only shares a rhythm or a cause, and is false.
"""

from .house import HALLWAY, Role
from .life import DOOR
from .plan import Plan
from .truth import Step

#: Days after which a routine that was given up is no longer true of a home.
GIVEN_UP = 60


class Entailment:
    """Judges ordered pairs of steps by a household's plan."""

    def __init__(self, plan: Plan) -> None:
        """Collect what the plan ties together."""
        entities = plan.house.entities
        self._entities = {entity.entity_id: entity for entity in entities}
        self._motion = {
            entities[n].entity_id for n in plan.house.where(Role.MOTION).tolist()
        }
        self._planted: set[tuple[Step, Step]] = set()
        for link in plan.links:
            self._planted.add((link.cause, link.effect))
        for routine in plan.routines:
            if routine.last_day is not None and routine.last_day < plan.days - GIVEN_UP:
                continue
            for late, after in enumerate(routine.steps):
                for before in routine.steps[:late]:
                    self._planted.add((before, after))
                    if routine.shuffled:
                        self._planted.add((after, before))
        for entity in entities:
            if entity.domain == "person":
                home = Step(entity.entity_id, entity.active)
                self._planted.add((home, Step(DOOR, "on")))
        self._ways = {(move.origin, move.target) for move in plan.moves}
        self._ways |= {(target, origin) for origin, target in self._ways}
        self._states: dict[tuple[str, str], set[str]] = {}
        self._near: dict[str, set[str]] = {}
        for before, after in self._planted:
            pair = (before.entity_id, after.entity_id)
            self._states.setdefault(pair, set()).add(before.state)
            for one, other in (pair, pair[::-1]):
                self._near.setdefault(one, set()).add(other)
        self._edges: dict[str, set[tuple[str, int]]] = {}
        for rule in plan.timed:
            if rule.anchor != "each" and rule.resident >= 0:
                edge = (rule.anchor, rule.resident)
                self._edges.setdefault(rule.step.entity_id, set()).add(edge)
        for routine in plan.routines:
            if routine.resident >= 0 and not routine.arrival:
                for step in routine.steps:
                    edge = ("first", routine.resident)
                    self._edges.setdefault(step.entity_id, set()).add(edge)

    def follows(self, before: Step, after: Step) -> bool:
        """Tell whether the second step really follows the first."""
        one, other = self._plain(before), self._plain(after)
        if one.entity_id == other.entity_id:
            return self._same(before, after)
        if (one, other) in self._planted:
            return True
        if (one.entity_id, other.entity_id) in self._states:
            return True
        back = self._states.get((other.entity_id, one.entity_id), set())
        if back and other.state not in back:
            return True
        if self._edges.get(one.entity_id, set()) & self._edges.get(
            other.entity_id, set()
        ):
            return True
        return self._by_motion(one.entity_id, other.entity_id)

    def _plain(self, step: Step) -> Step:
        """Return the step of what an entity mirrors."""
        mirrored = self._entities[step.entity_id].mirrors
        return Step(mirrored, step.state) if mirrored else step

    def _same(self, before: Step, after: Step) -> bool:
        """Judge two steps that come down to one entity."""
        if before.entity_id == after.entity_id:
            return before.state != after.state
        domains = {self._entities[s.entity_id].domain for s in (before, after)}
        return domains == {"person", "device_tracker"}

    def _by_motion(self, one: str, other: str) -> bool:
        """Judge pairs in which a motion sensor sees what happened."""
        sensors = {one, other} & self._motion
        if len(sensors) == 2:
            return True
        if not sensors:
            return False
        seen = one if other in sensors else other
        room = self._entities[sensors.pop()].area_id
        if self._entities[seen].domain == "person" or seen == DOOR:
            return True
        rooms = {self._entities[name].area_id for name in self._near.get(seen, ())}
        rooms |= {HALLWAY, self._entities[seen].area_id}
        return room in rooms or any((room, one) in self._ways for one in rooms)
