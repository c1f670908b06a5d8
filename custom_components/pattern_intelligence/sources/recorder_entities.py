"""What the recorder knows of single entities: since when, and their last rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import batched
import json
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, func, select

from .recorder_schema import STATE_ATTRIBUTES, STATES, STATES_META

_CHUNK_IDS: Final = 900
"""MariaDB plans longer lists badly."""

_SLOW_SUBQUERIES: Final = frozenset({"mysql", "mariadb"})


def recorded_entities(
    connection: Connection, before: float | None = None
) -> dict[int, str]:
    """Return the ids of the entities that have rows, by metadata id.

    Args:
        connection: to the recorder's database.
        before: UTC seconds; entities whose first row is later are left out.
    """
    first = (
        select(STATES.c.last_updated_ts)
        .where(STATES.c.metadata_id == STATES_META.c.metadata_id)
        .order_by(STATES.c.last_updated_ts)
        .limit(1)
        .correlate(STATES_META)
        .scalar_subquery()
    )
    found = connection.execute(
        select(STATES_META.c.metadata_id, STATES_META.c.entity_id, first)
    )
    return {
        int(metadata_id): entity_id
        for metadata_id, entity_id, seen in found
        if entity_id and seen is not None and (before is None or seen < before)
    }


def newest_attributes(
    connection: Connection, ids: Mapping[int, str]
) -> dict[str, dict[str, Any]]:
    """Return the last attributes recorded of entities, by entity id.

    Args:
        connection: to the recorder's database.
        ids: entity ids by metadata id.
    """
    attributes = (
        select(STATE_ATTRIBUTES.c.shared_attrs)
        .select_from(
            STATES.join(
                STATE_ATTRIBUTES,
                STATES.c.attributes_id == STATE_ATTRIBUTES.c.attributes_id,
            )
        )
        .where(STATES.c.metadata_id == STATES_META.c.metadata_id)
        .order_by(STATES.c.last_updated_ts.desc())
        .limit(1)
        .correlate(STATES_META)
        .scalar_subquery()
    )
    newest = select(STATES_META.c.metadata_id, attributes.label("attributes"))
    return {
        ids[metadata_id]: _parse(text)
        for chunk in batched(sorted(ids), _CHUNK_IDS, strict=False)
        for metadata_id, text in connection.execute(
            newest.where(STATES_META.c.metadata_id.in_(chunk))
        )
    }


def last_states(
    connection: Connection, ids: Sequence[int], before: float
) -> Iterator[tuple[int, str | None, float]]:
    """Yield entities' last rows before an instant: metadata id, state, UTC seconds.

    Of several rows at the same time the last one comes last.

    Args:
        connection: to the recorder's database.
        ids: metadata ids.
        before: UTC seconds.
    """
    for chunk in batched(ids, _CHUNK_IDS, strict=False):
        rows = connection.execute(_last_rows(connection, chunk, before)).all()
        yield from ((int(i), state, float(updated)) for i, state, updated in rows)


def _last_rows(
    connection: Connection, ids: Sequence[int], before: float
) -> Select[Any]:
    """Select metadata id, state and time of each entity's last row before a time."""
    states, earlier = STATES.c, STATES.alias("earlier").c
    sooner = earlier.last_updated_ts < before
    if connection.dialect.name in _SLOW_SUBQUERIES:
        last = (
            select(earlier.metadata_id, func.max(earlier.last_updated_ts).label("ts"))
            .where(earlier.metadata_id.in_(ids), sooner)
            .group_by(earlier.metadata_id)
            .subquery()
        )
        source = last.join(
            STATES,
            and_(
                states.metadata_id == last.c.metadata_id,
                states.last_updated_ts == last.c.ts,
            ),
        )
        wanted = states.metadata_id.in_(ids)
    else:
        updated = (
            select(earlier.last_updated_ts)
            .where(earlier.metadata_id == STATES_META.c.metadata_id, sooner)
            .order_by(earlier.last_updated_ts.desc())
            .limit(1)
            .correlate(STATES_META)
            .scalar_subquery()
        )
        source = STATES_META.join(
            STATES,
            and_(
                states.metadata_id == STATES_META.c.metadata_id,
                states.last_updated_ts == updated,
            ),
        )
        wanted = STATES_META.c.metadata_id.in_(ids)
    return (
        select(states.metadata_id, states.state, states.last_updated_ts)
        .select_from(source)
        .where(wanted)
        .order_by(states.last_updated_ts, states.state_id)
    )


def _parse(text: str | None) -> dict[str, Any]:
    """Return a row's attributes; none where they cannot be read."""
    try:
        attributes = json.loads(text or "{}")
    except ValueError:
        return {}
    return attributes if isinstance(attributes, dict) else {}
