"""Questions in InfluxQL, which 2.x and 1.8 answer alike, in CSV while it comes in."""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
import csv
import json
from threading import Event, Lock
from typing import Any, Final
from urllib.parse import urlencode

from urllib3 import BaseHTTPResponse, PoolManager, Timeout, exceptions

from ...wire.influx import said_in
from .place import (
    SUPPORTED,
    InfluxPlace,
    InfluxSourceAwayError,
    InfluxSourceError,
    Trouble,
)

CONNECT_S: Final = 5.0
SILENCE_S: Final = 60.0
"""How long a server may say nothing before or within an answer."""
PAUSES_S: Final = (0.5, 2.0)
"""What is waited before a question is asked again that was not answered whole."""

_CHUNK_BYTES: Final = 1 << 16
_NO_CONTENT: Final = 204
_BUSY: Final = frozenset({429, 500, 502, 503, 504})

type Row = list[str]
type Rows = Iterator[Row]


class Server:
    """A server that is only ever asked.

    Args:
        place: where it is.
        attempts: how often a question is asked at most.
    """

    def __init__(self, place: InfluxPlace, attempts: int = 1 + len(PAUSES_S)) -> None:
        """Take the place; nothing is sent yet."""
        self.place = place
        self._attempts = attempts
        self._pool: PoolManager | None = None
        self._lock = Lock()
        self._pause = Event()

    def ask[T](
        self,
        take: Callable[[Rows], T],
        query: str,
        values: Mapping[str, str | int | Mapping[str, str]] | None = None,
    ) -> T:
        """Return what is made of the rows of an answer. Blocks.

        Args:
            take: makes something of the rows, headings left out; called anew for each
                attempt. Their columns are the measurement, the tags grouped by, the
                time in nanoseconds, and what was asked for.
            query: names values as ``$name``.
            values: what is bound to them; a regular expression as ``{"regex": …}``.

        Raises:
            InfluxSourceError: the server is away, or says no.
        """
        fields = {
            **self.place.database,
            "epoch": "ns",
            "q": query,
            "params": json.dumps(values or {}),
        }
        for attempt in range(self._attempts):
            try:
                with self._asked("/query", fields) as answer:
                    return take(_rows(answer, self.place))
            except InfluxSourceAwayError as err:
                again = err.trouble in {Trouble.BUSY, Trouble.UNREACHABLE}
                if not again or attempt + 1 == self._attempts:
                    raise
                self._pause.wait(PAUSES_S[min(attempt, len(PAUSES_S) - 1)])
            except (ValueError, csv.Error) as err:
                raise _stranger(self.place) from err
        raise AssertionError("the last attempt returns or raises")

    def check_version(self) -> None:
        """Make sure that a server answers which is of a kind that can be read. Blocks.

        Raises:
            InfluxSourceError: nothing answers, or something else does.
        """
        host = self.place.host
        with self._asked("/ping", {}) as answer:
            found = str(answer.headers.get("X-Influxdb-Version", ""))
        if not found:
            raise _stranger(self.place)
        major = found.lstrip("v").partition(".")[0]
        if major.isdigit() and major not in SUPPORTED:
            raise InfluxSourceError(
                Trouble.OTHER_VERSION,
                "InfluxDB at {host} is version {found}, which cannot be read: only 2.x and "
                "1.8 can",
                host=host,
                found=found,
            )

    def close(self) -> None:
        """Let go of the connection; the next question opens it again."""
        with self._lock:
            if self._pool is not None:
                self._pool.clear()
                self._pool = None

    @contextmanager
    def _asked(
        self, path: str, fields: Mapping[str, str]
    ) -> Generator[BaseHTTPResponse]:
        place = self.place
        url = f"{place.host}{path}?{urlencode(fields)}" if fields else place.host + path
        with _translated(place):
            answer = self._connected().request(
                "GET",
                url,
                headers={**place.headers, "Accept": "application/csv"},
                timeout=Timeout(connect=CONNECT_S, read=SILENCE_S),
                preload_content=False,
                redirect=False,
                retries=False,
            )
            try:
                _check(answer, place)
                yield answer
            except BaseException:
                answer.close()
                raise
            answer.drain_conn()
            answer.release_conn()

    def _connected(self) -> PoolManager:
        with self._lock:
            if self._pool is None:
                self._pool = PoolManager(
                    maxsize=1,
                    cert_reqs="CERT_REQUIRED" if self.place.verify_tls else "CERT_NONE",
                    ca_certs=self.place.ca_file,
                )
            return self._pool


def _stranger(place: InfluxPlace) -> InfluxSourceError:
    """Return the error for an answer that no InfluxDB gives."""
    return InfluxSourceError(
        Trouble.NOT_INFLUXDB,
        "what answers at {host} is no InfluxDB: check host and port",
        host=place.host,
    )


def _check(answer: BaseHTTPResponse, place: InfluxPlace) -> None:
    """Refuse what is no answer, or whose end cannot be told: cut, it would seem whole.

    Raises:
        InfluxSourceError: the server says no, or was cut within its headers.
    """
    if answer.status >= 300:
        raise _refusal(answer.status, said_in(answer.read()), place)
    known = answer.headers.get("Content-Length", "").isdigit()
    known = known or "chunked" in answer.headers.get("Transfer-Encoding", "").lower()
    if answer.status != _NO_CONTENT and not known:
        raise InfluxSourceAwayError(
            Trouble.UNREACHABLE,
            "InfluxDB at {host} has cut the connection",
            host=place.host,
        )


def _rows(answer: BaseHTTPResponse, place: InfluxPlace) -> Rows:
    """Yield an answer's rows: statements stand apart by an empty line, then headings."""
    heading = True
    for row in csv.reader(_lines(answer)):
        if not row:
            heading = True
        elif heading:
            heading = False
        elif len(row) == 1:
            raise InfluxSourceError(
                Trouble.NOT_UNDERSTOOD,
                "InfluxDB at {host} refuses: {said}",
                host=place.host,
                said=row[0],
            )
        else:
            yield row


def _lines(answer: BaseHTTPResponse) -> Iterator[str]:
    """Yield an answer's lines; Home Assistant writes no state that holds a break."""
    decoder = getincrementaldecoder("utf-8")("replace")
    begun = ""
    for chunk in answer.stream(_CHUNK_BYTES):
        *lines, begun = (begun + decoder.decode(chunk)).split("\n")
        yield from lines
    if begun:
        yield begun


@contextmanager
def _translated(place: InfluxPlace) -> Generator[None]:
    """Say in one line what is wrong with a server.

    Raises:
        InfluxSourceError: of the kind that fits, not chained: urllib3's own errors may
            quote what was sent.
    """
    host = place.host
    error: InfluxSourceError
    try:
        yield
    except exceptions.HTTPError as err:
        cause: Any = getattr(err, "reason", None) or err
        if isinstance(cause, exceptions.SSLError):
            error = InfluxSourceAwayError(
                Trouble.TLS,
                "InfluxDB at {host} has no certificate that is trusted: check the "
                "address, or give the file of its certificate authority",
                host=host,
            )
        elif isinstance(cause, exceptions.TimeoutError) and not isinstance(
            cause, exceptions.NewConnectionError
        ):
            error = InfluxSourceAwayError(
                Trouble.SLOW, "InfluxDB at {host} takes too long to answer", host=host
            )
        elif isinstance(cause, exceptions.NewConnectionError):
            error = InfluxSourceAwayError(
                Trouble.UNREACHABLE,
                "InfluxDB at {host} is not reachable: check that it runs, its address "
                "and its port",
                host=host,
            )
        else:
            error = InfluxSourceAwayError(
                Trouble.UNREACHABLE,
                "InfluxDB at {host} has cut the connection",
                host=host,
            )
    except OSError as err:
        why = err.strerror or type(err).__name__
        error = InfluxSourceAwayError(
            Trouble.UNREACHABLE,
            "InfluxDB at {host} cannot be asked: {reason}",
            host=host,
            reason=why,
        )
    else:
        return
    raise error from None


def _refusal(status: int, said: str, place: InfluxPlace) -> InfluxSourceError:
    """Return the error for an answer that is none."""
    host = place.host
    if status == 401:
        return InfluxSourceError(
            Trouble.REFUSED,
            "InfluxDB at {host} refuses the credentials: give valid ones",
            host=host,
        )
    if status == 403:
        return InfluxSourceError(
            Trouble.FORBIDDEN,
            "InfluxDB at {host} does not let these credentials do what is needed: "
            "{said}",
            host=host,
            said=said,
        )
    if status in _BUSY:
        return InfluxSourceAwayError(
            Trouble.BUSY,
            "InfluxDB at {host} is busy or starting: {said}",
            host=host,
            said=said,
        )
    if status < 400 or status == 404:
        return InfluxSourceError(
            Trouble.NOT_INFLUXDB,
            "what answers at {host} is no InfluxDB of this kind: check host, port and "
            "version",
            host=host,
        )
    return InfluxSourceError(
        Trouble.NOT_UNDERSTOOD,
        "InfluxDB at {host} refuses: {said}",
        host=host,
        said=said,
    )
