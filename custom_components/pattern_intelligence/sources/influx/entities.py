"""What is known of the entities in an InfluxDB, beside their points."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ...engine.civil import DAY_MS
from ...engine.happenings import domain_of
from ...engine.home import EntityInfo
from .rows import BY_ENTITY, NS, ReadNumber, Wanted, entity_of, instant_of, one_of
from .server import Rows, Server

_CLASS: Final = "device_class_str"
_NAME: Final = "friendly_name_str"
_ASKED_MS: Final = 90 * DAY_MS
"""A server opens all that lies in a stretch: for years, it would be silent too long."""

type Span = tuple[int, int]

_FLOAT_DIGITS: Final = 14
"""How many digits of a floating number Home Assistant writes as a state."""


@dataclass(frozen=True, slots=True)
class Stranger:
    """An entity that the home no longer has.

    Attributes:
        info: what its attributes said of it.
        last: its last point, UTC milliseconds: it is gone since.
    """

    info: EntityInfo
    last: int


def written_entities(server: Server, domains: Collection[str]) -> frozenset[str]:
    """Return the ids, as written, of the entities of some domains. Blocks.

    Args:
        server: asked.
        domains: of the entities.

    Raises:
        InfluxSourceError: the server is away, or says no.
    """
    found: set[str] = set()
    # Each question makes the server look through all there is: about those alone that
    # are there.
    there = server.ask(_tag_values, 'SHOW TAG VALUES WITH KEY = "domain"')
    for domain in sorted(set(domains).intersection(there)):
        names = server.ask(
            _tag_values,
            'SHOW TAG VALUES WITH KEY = "entity_id" WHERE "domain" = $domain',
            {"domain": domain},
        )
        found.update(f"{domain}.{name}" for name in names)
    return frozenset(found)


def _tag_values(rows: Rows) -> list[str]:
    return [row[3] for row in rows]


def strangers(
    server: Server, domains: Collection[str], known: Collection[str], span: Span
) -> dict[str, Stranger]:
    """Return the entities that have points, and that the home does not know. Blocks.

    Args:
        server: asked.
        domains: of the entities.
        known: ids that they do not have.
        span: the first and the last instant there is a point, UTC milliseconds.

    Raises:
        InfluxSourceError: the server is away, or says no.
    """
    unknown = written_entities(server, domains) - set(known)
    if not unknown:
        return {}
    asked = {
        "domains": one_of({domain_of(each) for each in unknown}),
        "ids": one_of({each.partition(".")[2] for each in unknown}),
    }
    last: dict[str, int] = {}
    classes: dict[str, str] = {}
    names: dict[str, str] = {}
    for low in range(span[0], span[1] + 1, _ASKED_MS):
        values = asked | {"low": low * NS, "high": (low + _ASKED_MS) * NS}
        for field in ('"state"::string', '"value"::float'):
            for measurement, entity_id, time, _ in _last(server, field, values):
                if entity_id in unknown:
                    last[entity_id] = max(last.get(entity_id, 0), time)
                    classes |= _class_in(measurement, entity_id)
        for found, field in ((classes, _CLASS), (names, _NAME)):
            for _, entity_id, _, text in _last(server, f'"{field}"', values):
                found[entity_id] = text
    return {
        entity_id: Stranger(
            EntityInfo(
                entity_id,
                name=names.get(entity_id),
                device_class=classes.get(entity_id),
            ),
            instant_of(time),
        )
        for entity_id, time in last.items()
    }


def _last(
    server: Server, field: str, values: Mapping[str, Any]
) -> list[tuple[str, str, int, str]]:
    """Return measurement, id, nanoseconds and value of each series' last point."""

    def take(rows: Rows) -> list[tuple[str, str, int, str]]:
        return [(row[0], entity_of(row[1]), int(row[2]), row[3]) for row in rows]

    return server.ask(
        take,
        f"SELECT last({field}) FROM /.*/ WHERE time >= $low AND time < $high "  # noqa: S608
        f'AND "domain" =~ $domains AND "entity_id" =~ $ids {BY_ENTITY}',
        values,
    )


def _class_in(measurement: str, entity_id: str) -> dict[str, str]:
    """Return the device class that a measurement such as ``light__x`` names."""
    domain, _, device_class = measurement.partition("__")
    if device_class and domain == domain_of(entity_id):
        return {entity_id: device_class}
    return {}


def last_states(
    server: Server, wanted: Wanted, read_number: ReadNumber, before: int
) -> dict[str, str]:
    """Return the states of entities before an instant, by id as written. Blocks.

    Of what said nothing for a quarter of a year before it, none is known.

    Args:
        server: asked.
        wanted: whose states.
        read_number: how a number is written as a state.
        before: UTC milliseconds.

    Raises:
        InfluxSourceError: the server is away, or says no.
    """
    newest: dict[str, tuple[int, str]] = {}

    def texts(rows: Rows) -> list[tuple[str, int, str]]:
        return [(entity_of(tags), int(time), text) for _, tags, time, text in rows]

    def ask(field: str, domains: Collection[str]) -> list[tuple[str, int, str]]:
        return server.ask(
            texts,
            f"SELECT last({field}) FROM /.*/ WHERE time >= $low "  # noqa: S608
            f'AND time < $before AND "domain" =~ $domains {BY_ENTITY}',
            {
                "low": (before - _ASKED_MS) * NS,
                "before": before * NS,
                "domains": one_of(domains),
            },
        )

    found = [
        (entity_id, time, read_number(entity_id, float(value)))
        for entity_id, time, value in ask('"value"::float', wanted.numeric_domains)
        if wanted.is_number(entity_id)
    ]
    # Of one and the same point the text, where it has one, is the state.
    for entity_id, time, state in [*found, *ask('"state"::string', wanted.domains)]:
        if entity_id and time >= newest.get(entity_id, (0, ""))[0]:
            newest[entity_id] = (time, state)
    return {entity_id: state for entity_id, (_, state) in newest.items()}


def number_reader(
    entities: Mapping[str, EntityInfo],
    whole: Collection[str],
    resolve: Callable[[str], str],
) -> ReadNumber:
    """Return what says how a number is written as a state, since its text is not kept.

    An option that reads as the number, else as Home Assistant writes a number.

    Args:
        entities: what is known of entities.
        whole: ids of entities whose numbers have no decimal point.
        resolve: returns the id that an entity has now.
    """
    options = {
        (entity_id, number): option
        for entity_id, info in entities.items()
        for option in reversed(info.options or ())
        if (number := number_of(option)) is not None
    }

    def read(entity_id: str, value: float) -> str:
        entity_id = resolve(entity_id)
        if (option := options.get((entity_id, value))) is not None:
            return option
        if entity_id in whole and value.is_integer():
            return str(int(value))
        return f"{value:.{_FLOAT_DIGITS}}"

    return read


def number_of(state: str) -> float | None:
    """Return the number that is kept in place of a state; None where its text is."""
    try:
        return float(state)
    except ValueError:
        return None
