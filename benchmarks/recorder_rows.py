"""What a recorder writes beside a state: contexts, and the rows before it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat

import numpy as np

from .simulator.clock import Bools, Floats, Ints
from .simulator.model import Recorded, Stream

#: How many different sets of attributes an entity shows, the plain one included.
VARIANTS = 4


@dataclass(frozen=True, slots=True)
class History:
    """What rows take from those before, in columns.

    `changed_at` is when the state last changed, `own` whether by this very row;
    `variant` numbers the attributes; `old` is the number of the entity's row before,
    or 0 where Home Assistant knew no state: at first and after each restart.
    """

    changed_at: Floats
    own: Bools
    variant: Ints
    old: Ints


def history_of(stream: Stream, home: Recorded) -> History:
    """Return what each row takes from the rows of its entity before it."""
    size = len(stream)
    order = np.lexsort((np.arange(size), stream.entity))
    entity = stream.entity[order]
    place = np.arange(size)
    first = np.ones(size, np.bool_)
    first[1:] = entity[1:] != entity[:-1]
    changed = stream.changed[order] | first
    since = order[np.maximum.accumulate(np.where(changed, place, 0))]
    changed_at = np.empty(size)
    changed_at[order] = stream.instant[since]
    own = np.empty(size, np.bool_)
    own[order] = changed
    variant = np.empty(size, np.int64)
    variant[order] = np.cumsum(~changed) % (VARIANTS - 1) + 1
    starts = np.array([run.start for run in home.recorder_runs])
    run = np.searchsorted(starts, stream.instant[order], side="right")
    anew = first.copy()
    anew[1:] |= run[1:] != run[:-1]
    old = np.zeros(size, np.int64)
    old[order[1:]] = order[:-1] + 1
    old[order[anew]] = 0
    return History(changed_at, own, np.where(own, 0, variant), old)


def state_rows(
    stream: Stream, history: History, users: list[bytes | None], part: slice
) -> Iterator[tuple[object, ...]]:
    """Return rows of the states' table, in the order in which they are inserted.

    Args:
        stream: All rows.
        history: What they take from those before.
        users: Ids (16 bytes), the first being nobody's.
        part: Which of the rows.
    """
    number = np.arange(part.start, min(part.stop, len(stream))) + 1
    parent = stream.parent[part]
    entity = stream.entity[part]
    parents = contexts(parent, np.zeros(len(number)), number)
    return zip(
        number.tolist(),
        [stream.labels[code] for code in stream.state[part].tolist()],
        _or_none(history.changed_at[part], ~history.own[part]),
        repeat(None),
        stream.instant[part].tolist(),
        _or_none(history.old[part], history.old[part] > 0),
        (entity * VARIANTS + history.variant[part] + 1).tolist(),
        contexts(stream.context[part], stream.instant[part], number),
        [users[who + 1] for who in stream.user[part].tolist()],
        [
            one if of >= 0 else None
            for one, of in zip(parents, parent.tolist(), strict=True)
        ],
        (entity + 1).tolist(),
    )


def _or_none(column: np.ndarray, there: np.ndarray) -> list[float | None]:
    """Return the values of a column, none where there are none."""
    return [
        value if is_there else None
        for value, is_there in zip(column.tolist(), there.tolist(), strict=True)
    ]


def contexts(number: Ints, instant: Floats, row: Ints) -> list[bytes]:
    """Return ids of contexts: 6 bytes of milliseconds, 10 that tell them apart.

    A context that several rows share is the same in all of them.
    """
    own = number < 0
    parts = np.zeros((len(number), 2), ">u8")
    milliseconds = np.where(own, instant * 1000, 0).astype(np.uint64)
    parts[:, 0] = (milliseconds << np.uint64(16)) | np.where(own, 1, 2).astype("u8")
    parts[:, 1] = np.where(own, row, number)
    packed = parts.tobytes()
    return [packed[at : at + 16] for at in range(0, len(packed), 16)]
