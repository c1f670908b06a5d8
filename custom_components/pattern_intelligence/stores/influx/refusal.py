"""What the network and a server mean by not answering as asked."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

from ...wire.influx import said_in
from .address import InfluxAddress
from .problem import InfluxAwayError, InfluxError, InfluxRefusedError, Problem

_FULL: Final = ("no space left", "disk quota", "enospc")


@contextmanager
def translated(address: InfluxAddress) -> Generator[None]:
    """Say in one line what is wrong with a server.

    Raises:
        StoreError: of the kind that fits, in place of the client's own errors. These
            are not chained: they may quote what was sent.
    """
    from influxdb_client.rest import ApiException
    from urllib3.exceptions import HTTPError

    error: InfluxError
    try:
        yield
    except ApiException as err:
        error = _of_status(err, address) if err.status else _of_tls(address)
        if err.headers is not None:
            error.version = str(err.headers.get("X-Influxdb-Version", ""))
    except HTTPError as err:
        error = _of_network(err, address)
    except OSError as err:
        # Of a file with certificates that is not there, mostly.
        why = err.strerror or type(err).__name__
        error = InfluxAwayError(
            Problem.UNREACHABLE,
            "InfluxDB at {host} cannot be asked: {reason}",
            host=address.host,
            reason=why,
        )
    else:
        return
    raise error from None


def _of_network(err: Exception, address: InfluxAddress) -> InfluxError:
    """Return the error for a connection that failed or was cut."""
    from urllib3 import exceptions as urllib3

    host = address.host
    cause = getattr(err, "reason", None) or err
    if isinstance(cause, urllib3.SSLError):
        return _of_tls(address)
    if isinstance(cause, urllib3.ConnectTimeoutError | urllib3.NewConnectionError):
        return InfluxAwayError(
            Problem.UNREACHABLE,
            "InfluxDB at {host} is not reachable: check that it runs, its address and "
            "its port",
            host=host,
        )
    if isinstance(cause, urllib3.TimeoutError):
        return InfluxAwayError(
            Problem.SLOW, "InfluxDB at {host} takes too long to answer", host=host
        )
    return cut(address)


def cut(address: InfluxAddress) -> InfluxAwayError:
    """Return the error for a connection that was cut."""
    return InfluxAwayError(
        Problem.UNREACHABLE,
        "InfluxDB at {host} has cut the connection",
        host=address.host,
        soon=True,
    )


def no_influxdb(address: InfluxAddress) -> InfluxAwayError:
    """Return the error for an answer that no InfluxDB gives."""
    return InfluxAwayError(
        Problem.NOT_INFLUXDB,
        "what answers at {host} is no InfluxDB: check host and port",
        host=address.host,
    )


def _of_tls(address: InfluxAddress) -> InfluxError:
    return InfluxAwayError(
        Problem.TLS,
        "InfluxDB at {host} has no certificate that is trusted: check the "
        "address, or give the file of its certificate authority",
        host=address.host,
    )


def _of_status(err: Any, address: InfluxAddress) -> InfluxError:
    """Return the error for an answer that is none.

    Args:
        err: the client's exception, with status, headers and body.
        address: of the server.
    """
    status, said = int(err.status), said_in(err.body)
    host = address.host
    match status:
        case 401 if "is unauthorized" not in said:
            return InfluxRefusedError(
                Problem.REFUSED,
                "InfluxDB at {host} refuses the credentials: give valid ones",
                host=host,
            )
        case 401 | 403:
            return InfluxRefusedError(
                Problem.FORBIDDEN,
                "InfluxDB at {host} does not let these credentials do what is needed: "
                "{said}",
                host=host,
                said=said,
            )
        case 404:
            return _missing(said, address)
        case 413:
            return InfluxError(
                Problem.TOO_LARGE,
                "InfluxDB at {host} refuses so much at once",
                host=host,
            )
        case 429 | 502 | 503 | 504:
            return InfluxAwayError(
                Problem.BUSY,
                "InfluxDB at {host} is busy or starting: {said}",
                host=host,
                said=said,
                soon=True,
                retry_after=_seconds(err.headers),
            )
        case 400 | 422 if "retention policy" in said and "beyond" in said:
            return InfluxError(
                Problem.EXPIRED,
                "InfluxDB at {host} refuses days so old: {said}",
                host=host,
                said=said,
            )
        case 422 if "outside retention policy" in said:
            return InfluxError(
                Problem.EXPIRED,
                "InfluxDB at {host} refuses days so old: {said}",
                host=host,
                said=said,
            )
        case _ if status >= 500:
            full = any(sign in said.lower() for sign in _FULL)
            return InfluxAwayError(
                Problem.FAILING,
                "InfluxDB at {host} has no room left: make room on its disk"
                if full
                else "InfluxDB at {host} fails: {said}",
                host=host,
                said=said,
            )
        case _ if 300 <= status < 400:
            return InfluxAwayError(
                Problem.NOT_INFLUXDB,
                "what answers at {host} leads elsewhere: give the address of InfluxDB "
                "itself",
                host=host,
            )
    return InfluxError(
        Problem.NOT_UNDERSTOOD,
        "InfluxDB at {host} refuses: {said}",
        host=host,
        said=said,
    )


def _missing(said: str, address: InfluxAddress) -> InfluxError:
    host = address.host
    if "organization" in said:
        return InfluxRefusedError(
            Problem.NO_ORGANIZATION,
            "InfluxDB at {host} knows no organization {organization!r}, or does not "
            "show it to this token",
            host=host,
            organization=address.organization,
        )
    if any(what in said for what in ("bucket", "database", "retention policy")):
        return InfluxAwayError(
            Problem.NO_BUCKET,
            "InfluxDB at {host} lacks what is needed: {said}",
            host=host,
            said=said,
        )
    # A proxy says so, too, while what is behind it starts.
    return InfluxAwayError(
        Problem.NOT_INFLUXDB,
        "what answers at {host} is no InfluxDB of this kind: check host, port and "
        "version",
        host=host,
    )


def _seconds(headers: Any) -> float | None:
    """Return what ``Retry-After`` says, if it says it in seconds."""
    try:
        return max(0.0, float((headers or {}).get("Retry-After", "")))
    except ValueError:
        return None
