"""The buckets that the layers need: made where they may be, else asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..base import Layer, Retention, StoreError
from .points import LAST_NS
from .problem import InfluxError, InfluxRefusedError, Problem
from .server import Bucket, Server, no_bucket, shard_days


class MissingBucketsError(InfluxRefusedError):
    """Buckets are missing, and these credentials may not create them.

    Attributes:
        commands: by which a person creates them, a line for each.
    """

    def __init__(self, text: str, commands: str, /, **values: object) -> None:
        """Take what is said, and what to do."""
        super().__init__(Problem.NO_BUCKET, text, **values)
        self.commands = commands


@dataclass(frozen=True, slots=True)
class Difference:
    """A bucket that keeps points for another time than it should.

    Attributes:
        bucket: as it is.
        days: for how many days it should keep them.
    """

    bucket: Bucket
    days: int

    @property
    def loses(self) -> bool:
        """Tell whether changing it deletes points."""
        return self.bucket.days is None or self.bucket.days > self.days


def wanted_days(retention: Retention) -> Mapping[Layer, int]:
    """Return for how many days the bucket of each layer keeps points."""
    return {
        Layer.DAILY: retention.daily,
        Layer.WEEKLY: retention.weekly,
        Layer.MONTHLY: retention.monthly,
    }


def ensure(server: Server, retention: Retention | None) -> Mapping[Layer, Bucket]:
    """Return the buckets of the layers; create those that are missing.

    Args:
        server: where they are.
        retention: how long they keep points; None for ever.

    Raises:
        MissingBucketsError: some are missing, and may not be created.
        StoreError: the server is away, or says no.
    """
    address = server.link.address
    names = {layer: address.bucket(layer) for layer in Layer}
    days = wanted_days(retention) if retention else {}
    there = _present(server, list(names.values()))
    missing = [layer for layer in Layer if names[layer] not in there]
    try:
        for layer in missing:
            kept = days.get(layer)
            server.create(names[layer], kept, shard_days(layer, kept))
    except InfluxRefusedError as err:
        # Who may not see the organization, whose buckets were found, may create none.
        if err.problem not in {Problem.FORBIDDEN, Problem.NO_ORGANIZATION}:
            raise
        commands = "\n".join(
            server.commands(
                names[layer], days.get(layer), shard_days(layer, days.get(layer))
            )
            for layer in missing
        )
        raise MissingBucketsError(
            "InfluxDB at {host} lacks {buckets}, and these credentials may not "
            "create them",
            commands,
            host=address.host,
            buckets=", ".join(names[m] for m in missing),
        ) from None
    found = _present(server, list(names.values()))
    for name in names.values():
        if name not in found:
            raise no_bucket(address, name)
    return {layer: found[name] for layer, name in names.items()}


def ensure_endless(server: Server) -> None:
    """Make sure that there are buckets which keep points for ever.

    Raises:
        InfluxError: one does not.
        StoreError: the server is away, or says no.
    """
    for bucket in ensure(server, None).values():
        if bucket.keep_s is not None:
            raise InfluxError(
                Problem.EXPIRING,
                "the bucket {bucket} lets go of points after {days} days, and "
                "recordings are older: give another prefix in INFLUXDB_V2_BUCKET",
                bucket=bucket.name,
                days=bucket.days,
            )


def differences(server: Server, retention: Retention) -> list[Difference]:
    """Return the buckets that keep points for another time than they should.

    Raises:
        StoreError: the server is away, or says no.
    """
    address = server.link.address
    wanted = {address.bucket(k): days for k, days in wanted_days(retention).items()}
    found = server.buckets(list(wanted))
    return [
        Difference(found[name], days)
        for name, days in wanted.items()
        if name in found and found[name].days != days
    ]


def try_out(server: Server, home: str) -> None:
    """Write, read and delete a point, to know that all of it is allowed.

    Args:
        server: with buckets.
        home: the id of the home.

    Raises:
        StoreError: something of it is not.
    """
    for layer in Layer:
        name = f"{layer}_probe"
        server.write(layer, [f"{name},home={home} present=1i"])
        query = f'SELECT present FROM "{name}" WHERE home = $home'  # noqa: S608
        answer = server.read(layer, query, {"home": home}, b"".join)
        server.delete(layer, home, 0, LAST_NS, name)
        if not answer:
            raise InfluxError(
                Problem.FORBIDDEN,
                "InfluxDB at {host} does not return what was written: these "
                "credentials need to read, too",
                host=server.link.address.host,
            )


def _present(server: Server, names: list[str]) -> Mapping[str, Bucket]:
    """Return the buckets that are there, also where there is no database yet."""
    try:
        return server.buckets(names)
    except StoreError as err:
        if isinstance(err, InfluxError) and err.problem is Problem.NO_BUCKET:
            return {}
        raise
