"""Where the InfluxDB is that Home Assistant's own integration writes states to."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from ...wire.influx import AddressError, check_url
from ..base import SourceError, SourceUnavailableError


class Trouble(StrEnum):
    """What keeps states from being read."""

    UNREACHABLE = "unreachable"
    SLOW = "slow"
    TLS = "tls"
    REFUSED = "refused"
    FORBIDDEN = "forbidden"
    NOTHING = "nothing"
    NOT_INFLUXDB = "not_influxdb"
    OTHER_VERSION = "other_version"
    ADDRESS = "address"
    BUSY = "busy"
    NOT_UNDERSTOOD = "not_understood"


class InfluxSourceError(SourceError):
    """The states in an InfluxDB cannot be read.

    Attributes:
        trouble: why.
    """

    def __init__(self, trouble: Trouble, text: str, /, **values: object) -> None:
        """Take why, and how it is said."""
        super().__init__(text, **values)
        self.trouble = trouble


class InfluxSourceAwayError(InfluxSourceError, SourceUnavailableError):
    """The InfluxDB is away or busy; later it may answer."""


@dataclass(frozen=True, slots=True)
class InfluxPlace:
    """A bucket of 2.x, or a database of 1.8, that holds states.

    Attributes:
        url: ``http://host:8086`` or ``https://…``, without user, query or fragment.
        bucket: the bucket, or the database.
        token: of 2.x; empty for a 1.8.
        username: of 1.8; empty where the server asks for none.
        password: of 1.8.
        verify_tls: whether the server's certificate is checked.
        ca_file: file with the certificates that are trusted; None for the machine's.

    Raises:
        InfluxSourceError: it is no address.
    """

    url: str
    bucket: str
    token: str = field(default="", repr=False)
    username: str = ""
    password: str = field(default="", repr=False)
    verify_tls: bool = True
    ca_file: str | None = None

    def __post_init__(self) -> None:
        """Refuse what could be no address."""
        try:
            check_url(self.url)
        except AddressError as err:
            raise InfluxSourceError(Trouble.ADDRESS, str(err)) from err
        if not (self.token.isascii() and self.token.isprintable()):
            raise InfluxSourceError(
                Trouble.REFUSED,
                "the token for InfluxDB holds characters that no token has: copy it "
                "again",
            )

    @property
    def host(self) -> str:
        """Return how a person is told of the server."""
        return self.url.rstrip("/")

    @property
    def headers(self) -> dict[str, str]:
        """Return what says as whom one asks."""
        if self.token:
            return {"Authorization": f"Token {self.token}"}
        if not self.username:
            return {}
        both = b64encode(f"{self.username}:{self.password}".encode()).decode()
        return {"Authorization": f"Basic {both}"}

    @property
    def database(self) -> dict[str, str]:
        """Return how InfluxQL names the bucket: 2.x takes a slash for a policy."""
        name, _, policy = self.bucket.partition("/")
        if self.token and name and policy:
            return {"db": name, "rp": policy}
        return {"db": self.bucket}


SUPPORTED: Final = frozenset({"1", "2"})
"""The major versions that are read alike."""


def nothing_at(place: InfluxPlace) -> InfluxSourceError:
    """Return the error for a place that shows no states."""
    return InfluxSourceError(
        Trouble.NOTHING,
        "InfluxDB at {host} shows no states of Home Assistant in {bucket}: check that "
        "they are there, and that the credentials may read them",
        host=place.host,
        bucket=place.bucket,
    )
