"""What is asked of a server: points and buckets, the same of 2.x and of 1.8.

Both are read by InfluxQL at ``/query``, which binds values and answers in CSV. A layer
lives in a bucket of 2.x, and in a retention policy of a database of 1.8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
import json
from typing import Final, Protocol

from ..base import Layer
from .address import InfluxAddress, InfluxVersion
from .link import Link
from .problem import InfluxAwayError, InfluxError, Problem

DAY_S: Final = 86_400
CSV: Final = "application/csv"
SHARD_DAYS: Final[Mapping[Layer, int]] = {
    Layer.DAILY: 30,
    Layer.WEEKLY: 120,
    Layer.MONTHLY: 360,
}
"""How many days lie in one shard: reading opens each shard, so few of them."""

BATCH_LINES: Final = 2_000
BATCH_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of 2.x, or a retention policy of 1.8, as the server tells it.

    Attributes:
        name: its name.
        keep_s: for how many seconds points are kept; None for ever.
        shard_s: the seconds that one shard spans.
        key: the server's own id of it.
    """

    name: str
    keep_s: int | None
    shard_s: int = 0
    key: str = ""

    @property
    def days(self) -> int | None:
        """Return for how many days points are kept; None for ever."""
        return None if self.keep_s is None else self.keep_s // DAY_S


class Server(Protocol):
    """What is asked of a server. Every call blocks, and raises StoreError."""

    link: Link

    def write(self, layer: Layer, lines: Sequence[str]) -> None:
        """Write points, in batches; killed in between, some of them are there."""

    def read[T](
        self,
        layer: Layer,
        query: str,
        values: Mapping[str, str | int],
        take: Callable[[Iterator[bytes]], T],
        accept: str = CSV,
    ) -> T:
        """Return what is made of the answer to a query in InfluxQL.

        Args:
            layer: whose bucket is asked.
            query: names values as ``$name``.
            values: what is bound to them.
            take: makes something of the answer.
            accept: the kind of answer.
        """

    def delete(
        self, layer: Layer, home: str, first: int, last: int, name: str | None = None
    ) -> None:
        """Delete a home's points of a layer.

        Args:
            layer: of the points.
            home: the id of the home.
            first: nanoseconds since 1970.
            last: the same, included.
            name: only those of this measurement.
        """

    def buckets(self, names: Sequence[str]) -> Mapping[str, Bucket]:
        """Return those of some buckets that are there, by name."""

    def create(self, name: str, days: int | None, shard_days: int) -> None:
        """Create a bucket that keeps points for so many days, or for ever."""

    def keep(self, bucket: Bucket, days: int | None) -> None:
        """Change for how many days a bucket keeps points; None for ever."""

    def commands(self, name: str, days: int | None, shard_days: int) -> str:
        """Return the command by which a person creates a bucket."""


def shard_days(layer: Layer, days: int | None) -> int:
    """Return how many days a shard of a layer spans.

    Args:
        layer: the layer.
        days: how long its points are kept, which must be longer; None for ever.
    """
    usual = SHARD_DAYS[layer]
    return usual if days is None else max(1, min(usual, days // 3))


def batches(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield lines, so many at a time as a server takes gladly."""
    batch: list[str] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line) + 1
        if len(batch) >= BATCH_LINES or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def write_split(send: Callable[[bytes], object], lines: Sequence[str]) -> None:
    """Send lines, in halves where the server finds them too much at once.

    Args:
        send: sends some lines.
        lines: at least one.

    Raises:
        StoreError: the server says no, or finds a single line too large.
    """
    try:
        send("\n".join(lines).encode())
    except InfluxError as err:
        if err.problem is not Problem.TOO_LARGE or len(lines) == 1:
            raise
        middle = len(lines) // 2
        write_split(send, lines[:middle])
        write_split(send, lines[middle:])


def bound(values: Mapping[str, str | int]) -> str:
    """Return values as both servers take them beside a query."""
    return json.dumps(values, ensure_ascii=False)


def require(server: Server, layers: Iterable[Layer]) -> Mapping[Layer, Bucket]:
    """Return the buckets of layers.

    Raises:
        InfluxAwayError: one is not there.
        StoreError: the server is away, or says no.
    """
    address = server.link.address
    names = {layer: address.bucket(layer) for layer in layers}
    found = server.buckets(list(names.values()))
    for name in names.values():
        if name not in found:
            raise no_bucket(address, name)
    return {layer: found[name] for layer, name in names.items()}


def no_bucket(address: InfluxAddress, name: str) -> InfluxAwayError:
    """Return the error for a bucket that is not there."""
    if address.version is InfluxVersion.V1:
        return InfluxAwayError(
            Problem.NO_BUCKET,
            "InfluxDB at {host} has no retention policy {bucket} in the database "
            "{database}: create it again",
            host=address.host,
            bucket=name,
            database=address.database,
        )
    return InfluxAwayError(
        Problem.NO_BUCKET,
        "InfluxDB at {host} has no bucket {bucket}: create it again",
        host=address.host,
        bucket=name,
    )
