"""Who caused the rows of a day: found by the contexts that automations opened."""

from __future__ import annotations

from itertools import batched
import json
import re
from typing import Final, TypeIs

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from ..engine.civil import DAY_MS
from ..engine.home import Home
from ..engine.provenance import AUTOMATION, PHYSICAL, UNNAMED_AUTOMATION, USER
from .recorder_schema import EVENT_DATA, EVENT_TYPES, EVENTS, STATES

AUTOMATION_TRIGGERED: Final = "automation_triggered"

BY_USER: Final = 1
"""The context of a row carries a user's id."""

BY_PARENT: Final = 2
"""The context of a row has a parent, and no user."""

_ENTITY_ID: Final = re.compile(r"[a-z0-9_]+\.[a-z0-9_]+")
"""Any integration may fire the event, and say what it likes in it."""

_LONGEST_ID: Final = 255
_CHUNK_IDS: Final = 900
_LOOKBACK_MS: Final = DAY_MS
"""How long before the day a run of an automation may have begun."""


def who_caused(
    connection: Connection,
    home: Home,
    state_id: NDArray[np.int64],
    by: NDArray[np.int8],
    span: tuple[int, int],
) -> tuple[NDArray[np.int16], tuple[str, ...]]:
    """Return who caused each row, as :mod:`..engine.provenance` grades it.

    Args:
        connection: to the recorder's database.
        home: knows the ids that automations have now.
        state_id: shape (rows,), the rows' ids.
        by: shape (rows,), ``BY_USER``, ``BY_PARENT`` or 0.
        span: ``[start, end)`` of the day, UTC milliseconds.

    Returns:
        Codes, shape (rows,), and the automations that they name.
    """
    cause = np.array([PHYSICAL, USER, AUTOMATION], np.int16)[by]
    opened = _opened_contexts(connection, span[0] - _LOOKBACK_MS, span[1])
    caused: dict[int, str] = {}
    for chunk in batched(sorted(opened), _CHUNK_IDS, strict=False):
        found = connection.execute(
            select(STATES.c.state_id, STATES.c.context_id_bin).where(
                STATES.c.context_id_bin.in_(chunk)
            )
        )
        caused |= {state_id: opened[bytes(context)] for state_id, context in found}
    known = np.array(sorted(caused), np.int64)
    at = np.searchsorted(known, state_id).clip(max=max(known.size - 1, 0))
    hit = np.flatnonzero(known[at] == state_id) if caused else known
    named = [home.resolve(caused[i]) for i in state_id[hit].tolist()]
    automations = (UNNAMED_AUTOMATION, *sorted(set(named) - {UNNAMED_AUTOMATION}))
    index = {automation: i for i, automation in enumerate(automations)}
    cause[hit] = [AUTOMATION + index[automation] for automation in named]
    return cause, automations


def _opened_contexts(connection: Connection, start: int, end: int) -> dict[bytes, str]:
    """Return the contexts that runs of automations opened, and whose they are."""
    events = EVENTS.c
    found = connection.execute(
        select(events.context_id_bin, EVENT_DATA.c.shared_data)
        .select_from(
            EVENTS.join(
                EVENT_TYPES, events.event_type_id == EVENT_TYPES.c.event_type_id
            ).outerjoin(EVENT_DATA, events.data_id == EVENT_DATA.c.data_id)
        )
        .where(
            EVENT_TYPES.c.event_type == AUTOMATION_TRIGGERED,
            events.time_fired_ts >= start / 1000,
            events.time_fired_ts < end / 1000,
            events.context_id_bin.is_not(None),
        )
        .order_by(events.time_fired_ts, events.event_id)
    )
    opened: dict[bytes, str] = {}
    for context, data in found:
        opened.setdefault(bytes(context), _automation_of(data))
    return opened


def _automation_of(data: str | None) -> str:
    try:
        entity_id = json.loads(data or "null")["entity_id"]
    except ValueError, TypeError, KeyError, RecursionError:
        return UNNAMED_AUTOMATION
    return entity_id if _is_entity_id(entity_id) else UNNAMED_AUTOMATION


def _is_entity_id(value: object) -> TypeIs[str]:
    return (
        isinstance(value, str)
        and len(value) <= _LONGEST_ID
        and _ENTITY_ID.fullmatch(value) is not None
    )
