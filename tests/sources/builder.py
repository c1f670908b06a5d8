"""Builds a recorder's database row by row, in the schema of Home Assistant itself."""

from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
import json
from pathlib import Path
import sqlite3
from typing import Self
from zoneinfo import ZoneInfo

from homeassistant.components.recorder.db_schema import SCHEMA_VERSION, Base
from sqlalchemy import create_engine

BERLIN = ZoneInfo("Europe/Berlin")


def ms(text: str, zone: ZoneInfo = BERLIN) -> int:
    """Return a local time such as ``2026-06-01 07:30`` in UTC milliseconds."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return round(moment.timestamp() * 1000)


def context(name: str) -> bytes:
    """Return the 16 bytes of a context's or user's id."""
    return sha256(name.encode()).digest()[:16]


@cache
def _empty() -> bytes:
    """Return a recorder's file without a row."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with closing(engine.raw_connection()) as connection:
        database = connection.driver_connection
        assert isinstance(database, sqlite3.Connection)
        return database.serialize()


class RecorderBuilder:
    """A recorder's file that grows by one row a call; times are local or UTC text."""

    def __init__(self, path: Path, version: int | None = SCHEMA_VERSION) -> None:
        """Create the file, in WAL mode as Home Assistant keeps it."""
        self.path = path
        path.write_bytes(_empty())
        self.database = sqlite3.connect(path)
        self.database.execute("PRAGMA journal_mode = WAL")
        self._metadata: dict[str, int] = {}
        if version is not None:
            self.database.execute(
                "INSERT INTO schema_changes (schema_version, changed)"
                " VALUES (?, '2026-01-01 00:00:00')",
                (version,),
            )

    def __enter__(self) -> Self:
        """Begin building."""
        return self

    def __exit__(self, *_: object) -> None:
        """Commit and let go of the file."""
        self.database.commit()
        self.database.close()

    def metadata_id(self, entity_id: str) -> int:
        """Return the id that stands for an entity."""
        if entity_id not in self._metadata:
            cursor = self.database.execute(
                "INSERT INTO states_meta (entity_id) VALUES (?)", (entity_id,)
            )
            assert cursor.lastrowid
            self._metadata[entity_id] = cursor.lastrowid
        return self._metadata[entity_id]

    def state(
        self,
        entity_id: str,
        state: str | bytes | None,
        when: str | float,
        *,
        changed: str | None = None,
        user: str | None = None,
        parent: str | None = None,
        own: str | None = None,
        attributes: Mapping[str, object] | None = None,
    ) -> None:
        """Add a row.

        Args:
            entity_id: whose.
            state: its state.
            when: when it was written; a number is UTC seconds.
            changed: since when the state holds, where only attributes changed.
            user: names the user of its context.
            parent: names the parent of its context.
            own: names its context.
            attributes: shared with no other row.
        """
        attributes_id = None
        if attributes is not None:
            attributes_id = self.database.execute(
                "INSERT INTO state_attributes (hash, shared_attrs) VALUES (0, ?)",
                (json.dumps(attributes),),
            ).lastrowid
        self.database.execute(
            # Bytes that are no text, yet stored as such: what a faulty driver leaves.
            "INSERT INTO states (metadata_id, state, last_updated_ts, last_changed_ts,"
            " attributes_id, context_id_bin, context_user_id_bin,"
            " context_parent_id_bin, origin_idx)"
            " VALUES (?, CAST(? AS TEXT), ?, ?, ?, ?, ?, ?, 0)",
            (
                self.metadata_id(entity_id),
                state,
                when if isinstance(when, float) else ms(when) / 1000,
                None if changed is None else ms(changed) / 1000,
                attributes_id,
                context(own) if own else None,
                context(user) if user else None,
                context(parent) if parent else None,
            ),
        )

    def automation(self, own: str, entity_id: str | None, when: str) -> None:
        """Add the event of an automation that opens a context."""
        self.database.execute(
            "INSERT OR IGNORE INTO event_types (event_type_id, event_type)"
            " VALUES (1, 'automation_triggered')"
        )
        data = {"name": "A name", "source": "time", "entity_id": entity_id}
        data_id = self.database.execute(
            "INSERT INTO event_data (hash, shared_data) VALUES (0, ?)",
            ("no json" if entity_id is None else json.dumps(data),),
        ).lastrowid
        self.database.execute(
            "INSERT INTO events (event_type_id, data_id, time_fired_ts,"
            " context_id_bin, origin_idx) VALUES (1, ?, ?, ?, 0)",
            (data_id, ms(when) / 1000, context(own)),
        )

    def meter(
        self,
        statistic_id: str,
        unit: str | None,
        totals: Mapping[str, float | None],
        *,
        source: str = "recorder",
        has_sum: bool = True,
    ) -> None:
        """Add the long-term statistics of a meter.

        Args:
            statistic_id: whose; an entity id.
            unit: of the totals.
            totals: the total at the end of the hour that begins at a time.
            source: who keeps them.
            has_sum: it counts; else what is kept are means.
        """
        number = self.database.execute(
            "INSERT INTO statistics_meta (statistic_id, source, unit_of_measurement,"
            " has_mean, has_sum, mean_type) VALUES (?, ?, ?, 0, ?, 0)",
            (statistic_id, source, unit, has_sum),
        ).lastrowid
        self.database.executemany(
            "INSERT INTO statistics (metadata_id, start_ts, created_ts, state, sum)"
            " VALUES (?, ?, 0, 0, ?)",
            [(number, ms(when) / 1000, total) for when, total in totals.items()],
        )

    def run(self, start: str, end: str | None, *, incorrect: bool = False) -> None:
        """Add a run of the recorder."""
        self.database.execute(
            'INSERT INTO recorder_runs (start, "end", closed_incorrect, created)'
            " VALUES (?, ?, ?, ?)",
            (_stamp(start), end and _stamp(end), incorrect, _stamp(start)),
        )

    def pulse(self, first: str, last: str, minutes: int = 30) -> None:
        """Add rows of an untracked sensor, so that it shows when was recorded."""
        for when in range(ms(first), ms(last) + 1, minutes * 60_000):
            self.state("sensor.pulse", str(when % 97), when / 1000)


def execute(path: Path, *statements: str) -> None:
    """Change a finished file."""
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def _stamp(text: str) -> str:
    moment = datetime.fromtimestamp(ms(text) / 1000, tz=UTC)
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")
