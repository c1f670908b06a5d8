"""What is known of the entities in an InfluxDB, beside their points."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from ...engine.home import EntityInfo
from .rows import BY_ENTITY, NS, ReadNumber, Wanted, entity_of, instant_of, one_of
from .server import Rows, Server

_CLASS: Final = "device_class_str"
_NAME: Final = "friendly_name_str"
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


def strangers(
    server: Server, domains: Collection[str], known: Collection[str]
) -> dict[str, Stranger]:
    """Return the entities that have points, and that the home does not know. Blocks.

    Args:
        server: asked.
        domains: of the entities.
        known: ids that they do not have.

    Raises:
        InfluxSourceError: the server is away, or says no.
    """
    values = {"domains": one_of(domains)}

    def ask[T](take: Callable[[Rows], T], field: str) -> T:
        return server.ask(
            take,
            f'SELECT last({field}) FROM /.*/ WHERE "domain" =~ $domains '  # noqa: S608
            f"{BY_ENTITY}",
            values,
        )

    def times(rows: Rows) -> dict[str, int]:
        found: dict[str, int] = {}
        for _, tags, time, _ in rows:
            entity_id = entity_of(tags)
            if entity_id and entity_id not in known:
                found[entity_id] = max(found.get(entity_id, 0), int(time))
        return found

    last = ask(times, '"state"::string')
    for entity_id, time in ask(times, '"value"::float').items():
        last[entity_id] = max(last.get(entity_id, 0), time)
    if not last:
        return {}
    classes, names = ask(_texts, f'"{_CLASS}"'), ask(_texts, f'"{_NAME}"')
    classes = ask(_classes_in_names, '"state"::string') | classes
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


def _texts(rows: Rows) -> dict[str, str]:
    return {entity_of(tags): text for _, tags, _, text in rows if text}


def _classes_in_names(rows: Rows) -> dict[str, str]:
    """Return the device classes that measurements such as ``light__x`` name."""
    found = {}
    for name, tags, *_ in rows:
        domain, _, device_class = name.partition("__")
        if device_class and tags.startswith(f"domain={domain},"):
            found[entity_of(tags)] = device_class
    return found


def last_states(
    server: Server, wanted: Wanted, before: int, read_number: ReadNumber
) -> dict[str, str]:
    """Return the states of entities before an instant, by id as written. Blocks.

    Args:
        server: asked.
        wanted: whose states.
        before: UTC milliseconds.
        read_number: how a number is written as a state.

    Raises:
        InfluxSourceError: the server is away, or says no.
    """
    newest: dict[str, tuple[int, str]] = {}

    def texts(rows: Rows) -> list[tuple[str, int, str]]:
        return [(entity_of(tags), int(time), text) for _, tags, time, text in rows]

    def ask(field: str, domains: Collection[str]) -> list[tuple[str, int, str]]:
        return server.ask(
            texts,
            f"SELECT last({field}) FROM /.*/ WHERE time < $before "  # noqa: S608
            f'AND "domain" =~ $domains {BY_ENTITY}',
            {"before": before * NS, "domains": one_of(domains)},
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
