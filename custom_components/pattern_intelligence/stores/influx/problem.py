"""What can go wrong with a server, told from each other and said in a line."""

from __future__ import annotations

from enum import StrEnum

from ..base import StoreError, StoreRefusedError, StoreUnavailableError


class Problem(StrEnum):
    """What is wrong."""

    UNREACHABLE = "unreachable"
    SLOW = "slow"
    TLS = "tls"
    REFUSED = "refused"
    FORBIDDEN = "forbidden"
    NO_ORGANIZATION = "no_organization"
    NO_BUCKET = "no_bucket"
    BUSY = "busy"
    FAILING = "failing"
    EXPIRED = "expired"
    EXPIRING = "expiring"
    TOO_LARGE = "too_large"
    NOT_INFLUXDB = "not_influxdb"
    INFLUXDB_3 = "influxdb_3"
    OTHER_VERSION = "other_version"
    NOT_UNDERSTOOD = "not_understood"


class InfluxError(StoreError):
    """The server will not do what was asked, now or later.

    Attributes:
        problem: what is wrong.
        version: what the server says it is; empty where it does not say.
    """

    def __init__(self, problem: Problem, text: str, /, **values: object) -> None:
        """Take what is wrong, and how it is said."""
        super().__init__(text, **values)
        self.problem = problem
        self.version = ""


class InfluxAwayError(InfluxError, StoreUnavailableError):
    """The server is away, busy, full, or lacks a bucket; later it may do.

    Attributes:
        soon: whether asking again at once may do.
        retry_after: the seconds after which the server wants to be asked again; None
            where it does not say.
    """

    def __init__(
        self,
        problem: Problem,
        text: str,
        /,
        *,
        soon: bool = False,
        retry_after: float | None = None,
        **values: object,
    ) -> None:
        """Take what is wrong, how it is said, and when to ask again."""
        super().__init__(problem, text, **values)
        self.soon = soon
        self.retry_after = retry_after


class InfluxRefusedError(InfluxError, StoreRefusedError):
    """The server refuses the credentials."""
