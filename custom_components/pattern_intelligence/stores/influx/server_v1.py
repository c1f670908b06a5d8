"""A server of InfluxDB 1.8."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
import json
import re
from typing import Any, Final

from ..base import Layer
from .link import Link, json_of
from .points import HOME
from .problem import InfluxError, InfluxRefusedError, Problem
from .server import CSV, DAY_S, Bucket, batches, bound, no_bucket, write_split

_DURATION: Final = re.compile(r"(\d+)([hms])")
_SECONDS: Final = {"h": 3600, "m": 60, "s": 1}


class InfluxOne:
    """A server of InfluxDB 1.8.

    Args:
        link: the connection to it.
    """

    def __init__(self, link: Link) -> None:
        """Take the connection."""
        self.link = link
        self._address = link.address

    def write(self, layer: Layer, lines: Sequence[str]) -> None:
        """Write points, in batches; killed in between, some of them are there."""
        query = {
            "db": self._address.database,
            "rp": self._address.bucket(layer),
            "precision": "ns",
        }

        def send(body: bytes) -> bytes:
            return self.link.send("POST", "/write", query, body)

        for batch in batches(lines):
            write_split(send, batch)

    def read[T](
        self,
        layer: Layer,
        query: str,
        values: Mapping[str, str | int],
        take: Callable[[Iterator[bytes]], T],
        accept: str = CSV,
    ) -> T:
        """Return what is made of the answer to a query in InfluxQL."""
        asked = {
            "db": self._address.database,
            "rp": self._address.bucket(layer),
            "epoch": "ns",
            "params": bound(values),
            "q": query,
        }
        return self.link.read(take, "GET", "/query", asked, accept=accept)

    def delete(
        self, layer: Layer, home: str, first: int, last: int, name: str | None = None
    ) -> None:
        """Delete a home's points of a layer, whose measurements begin with its name.

        A statement cannot name the retention policy, so no two layers share one.
        """
        source = _quoted(name) if name else f"/^{layer}_/"
        self._do(
            f"DELETE FROM {source} WHERE {HOME} = $home AND time >= $first "  # noqa: S608
            "AND time <= $last",
            {"home": home, "first": first, "last": last},
        )

    def buckets(self, names: Sequence[str]) -> Mapping[str, Bucket]:
        """Return those of some retention policies that are there, by name.

        One of another database is named ``database/policy``.
        """
        found = {}
        for database in dict.fromkeys(self._place(name)[0] for name in names):
            series = self._do(f"SHOW RETENTION POLICIES ON {_quoted(database)}")
            rows = {(database, row["name"]): row for row in _rows(series)}
            for name in names:
                if row := rows.get(self._place(name)):
                    found[name] = Bucket(
                        name=name,
                        keep_s=_seconds(row["duration"]) or None,
                        shard_s=_seconds(row["shardGroupDuration"]),
                    )
        return found

    def create(self, name: str, days: int | None, shard_days: int) -> None:
        """Create a retention policy, and its database where there is none."""
        if self._address.database not in self._databases():
            self._do(f"CREATE DATABASE {self._database}")
        self._do(self._creation(name, days, shard_days))

    def keep(self, bucket: Bucket, days: int | None) -> None:
        """Change for how many days a retention policy keeps points; None for ever."""
        duration = f"{days}d" if days else "INF"
        database, policy = map(_quoted, self._place(bucket.name))
        self._do(
            f"ALTER RETENTION POLICY {policy} ON {database} DURATION {duration}"
            + _shorter_shards(bucket, days)
        )

    def commands(self, name: str, days: int | None, shard_days: int) -> str:
        """Return the statements by which a person creates a retention policy."""
        return f"CREATE DATABASE {self._database}; {self._creation(name, days, shard_days)}"

    def _place(self, name: str) -> tuple[str, str]:
        """Return the database and the policy that a name stands for."""
        database, _, policy = name.rpartition("/")
        return database or self._address.database, policy

    @property
    def _database(self) -> str:
        return _quoted(self._address.database)

    def _creation(self, name: str, days: int | None, shard_days: int) -> str:
        duration = f"{days}d" if days else "INF"
        return (
            f"CREATE RETENTION POLICY {_quoted(name)} ON {self._database} DURATION "
            f"{duration} REPLICATION 1 SHARD DURATION {shard_days}d"
        )

    def _databases(self) -> set[str]:
        return {row["name"] for row in _rows(self._do("SHOW DATABASES"))}

    def _do(self, query: str, values: Mapping[str, str | int] | None = None) -> Any:
        """Execute a statement; return its series.

        Raises:
            StoreError: the server says no.
        """
        asked = {"q": query, "db": self._address.database}
        if values:
            asked["params"] = bound(values)
        # A statement's error comes with status 200.
        told = json_of(self.link.send("POST", "/query", asked), self._address)
        result = (told.get("results") or [{}])[0]
        if error := result.get("error"):
            raise self._error(str(error))
        return result.get("series") or []

    def _error(self, error: str) -> InfluxError:
        host = self._address.host
        if "not found" in error:
            return no_bucket(self._address, self._address.prefix)
        if "not authorized" in error or "requires admin" in error:
            return InfluxRefusedError(
                Problem.FORBIDDEN,
                "InfluxDB at {host} does not let this user do what is needed: {said}",
                host=host,
                said=error,
            )
        return InfluxError(
            Problem.NOT_UNDERSTOOD,
            "InfluxDB at {host} refuses: {said}",
            host=host,
            said=error,
        )


def _shorter_shards(bucket: Bucket, days: int | None) -> str:
    """Return what makes shards no longer than the time that points are kept."""
    too_long = days is not None and bucket.shard_s > days * DAY_S
    return " SHARD DURATION 1d" if too_long else ""


def _rows(series: Any) -> list[dict[str, Any]]:
    return [
        dict(zip(each["columns"], row, strict=True))
        for each in series
        for row in each.get("values") or ()
    ]


def _quoted(name: str) -> str:
    """Return the name of a database or policy as InfluxQL has it."""
    return json.dumps(name, ensure_ascii=False)


def _seconds(duration: str) -> int:
    """Return the seconds of a duration such as ``2160h0m0s``; 0 is for ever."""
    return sum(
        int(number) * _SECONDS[unit] for number, unit in _DURATION.findall(duration)
    )
