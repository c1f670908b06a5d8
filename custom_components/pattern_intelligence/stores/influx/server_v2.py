"""A server of InfluxDB 2.x."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from ..base import Layer
from .link import Link, json_of
from .points import HOME
from .problem import InfluxAwayError, InfluxRefusedError, Problem
from .server import CSV, DAY_S, Bucket, batches, bound, write_split

_SECOND_NS: Final = 1_000_000_000


class InfluxTwo:
    """A server of InfluxDB 2.x.

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
            "org": self._address.organization,
            "bucket": self._address.bucket(layer),
            "precision": "ns",
        }

        def send(body: bytes) -> bytes:
            return self.link.send("POST", "/api/v2/write", query, body)

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
            "db": self._address.bucket(layer),
            "epoch": "ns",
            "params": bound(values),
            "q": query,
        }
        return self.link.read(take, "GET", "/query", asked, accept=accept)

    def delete(
        self, layer: Layer, home: str, first: int, last: int, name: str | None = None
    ) -> None:
        """Delete a home's points of a layer. Ids and names need no quoting."""
        predicate = f'{HOME}="{home}"'
        if name:
            predicate = f'_measurement="{name}" AND {predicate}'
        self.link.send(
            "POST",
            "/api/v2/delete",
            {
                "org": self._address.organization,
                "bucket": self._address.bucket(layer),
            },
            {
                "start": _rfc3339(first),
                "stop": _rfc3339(last),
                "predicate": predicate,
            },
        )

    def buckets(self, names: Sequence[str]) -> Mapping[str, Bucket]:
        """Return those of some buckets that are there, by name."""
        found = {}
        for name in names:
            query = {"org": self._address.organization, "name": name}
            try:
                answer = self.link.send("GET", "/api/v2/buckets", query)
            except InfluxAwayError as err:
                if err.problem is Problem.NO_BUCKET:
                    continue
                raise
            for each in json_of(answer, self._address).get("buckets") or ():
                found[name] = _bucket(each)
        return found

    def create(self, name: str, days: int | None, shard_days: int) -> None:
        """Create a bucket that keeps points for so many days, or for ever."""
        self.link.send(
            "POST",
            "/api/v2/buckets",
            body={
                "orgID": self._organization_id(),
                "name": name,
                "description": "Written by Pattern Intelligence",
                "retentionRules": [_rule(days, shard_days * DAY_S)],
            },
        )

    def keep(self, bucket: Bucket, days: int | None) -> None:
        """Change for how many days a bucket keeps points; None for ever."""
        self.link.send(
            "PATCH",
            f"/api/v2/buckets/{bucket.key}",
            body={"retentionRules": [_rule(days, bucket.shard_s)]},
        )

    def commands(self, name: str, days: int | None, shard_days: int) -> str:
        """Return the command by which a person creates a bucket."""
        keep = f"{days}d" if days else "0"
        organization = self._address.organization.replace("'", "'\\''")
        return (
            f"influx bucket create --org '{organization}' --name {name} "
            f"--retention {keep} --shard-group-duration {shard_days}d"
        )

    def _organization_id(self) -> str:
        answer = self.link.send(
            "GET", "/api/v2/orgs", {"org": self._address.organization}
        )
        organizations = json_of(answer, self._address).get("orgs") or ()
        for each in organizations:
            return str(each["id"])
        raise InfluxRefusedError(
            Problem.NO_ORGANIZATION,
            "InfluxDB at {host} does not show the organization {organization!r} "
            "to this token",
            host=self._address.host,
            organization=self._address.organization,
        )


def _bucket(told: Mapping[str, Any]) -> Bucket:
    rules = told.get("retentionRules") or [{}]
    return Bucket(
        name=str(told["name"]),
        keep_s=int(rules[0].get("everySeconds") or 0) or None,
        shard_s=int(rules[0].get("shardGroupDurationSeconds") or 0),
        key=str(told["id"]),
    )


def _rule(days: int | None, shard_s: int) -> dict[str, Any]:
    rule: dict[str, Any] = {"type": "expire", "everySeconds": (days or 0) * DAY_S}
    if shard_s:
        rule["shardGroupDurationSeconds"] = shard_s
    return rule


def _rfc3339(time: int) -> str:
    """Return an instant of nanoseconds since 1970 as text, to the nanosecond."""
    seconds, rest = divmod(time, _SECOND_NS)
    start = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{start}.{rest:09}Z"
