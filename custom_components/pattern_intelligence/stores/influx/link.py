"""Requests to a server: bounded in time, tried again where that may help.

What a server or the network says comes back as a :class:`~..base.StoreError` of one
line, which names the server and never what one identifies oneself with.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
import json
from threading import Event, RLock
from time import monotonic
from typing import Any, Final, Protocol, cast

from . import refusal
from .address import InfluxAddress, InfluxVersion
from .problem import InfluxAwayError, InfluxError, InfluxRefusedError, Problem

CONNECT_S: Final = 5.0
SILENCE_S: Final = 30.0
"""How long a server may say nothing in the middle of an answer."""
ANSWER_S: Final = 120.0
"""How long a whole answer may take."""
PAUSES_S: Final = (0.5, 2.0)
"""What is waited before a request is made again, unless the server says how long."""
LONGEST_PAUSE_S: Final = 20.0
"""A server that asks for a longer pause is left to a later run."""
CHUNK_BYTES: Final = 1 << 18
_NO_CONTENT: Final = 204

type Body = bytes | Mapping[str, Any] | None


class _Answer(Protocol):
    """What of urllib3's answer is used."""

    status: int
    headers: Mapping[str, str]

    def stream(self, amt: int) -> Iterator[bytes]: ...

    def release_conn(self) -> None: ...

    def close(self) -> None: ...


class Link:
    """A connection to a server, used by one thread at a time.

    Args:
        address: the server, and as whom one speaks to it.
        attempts: how often a request is made at most.

    Attributes:
        address: the same.
        version: what the server last said it is, such as ``2.7.12``; empty if nothing.
    """

    def __init__(
        self, address: InfluxAddress, attempts: int = 1 + len(PAUSES_S)
    ) -> None:
        """Take the address; nothing is sent yet."""
        self.address = address
        self.version = ""
        self._attempts = attempts
        self._client: Any = None
        self._lock = RLock()
        self._hurried = Event()

    def send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Body = None,
        accept: str = "application/json",
    ) -> bytes:
        """Make a request; return the whole answer.

        Args:
            method: of HTTP.
            path: below the server's address.
            query: parameters of the URL.
            body: what is sent: lines as they are, or something as JSON.
            accept: the kind of answer.

        Raises:
            StoreError: the server is away, or says no.
        """
        return self.read(b"".join, method, path, query, body, accept)

    def read[T](
        self,
        take: Callable[[Iterator[bytes]], T],
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Body = None,
        accept: str = "application/csv",
    ) -> T:
        """Make a request; return what is made of the answer while it comes in.

        Args:
            take: makes something of the answer; called anew for each attempt.
            method: as in :meth:`send`, like all that follows.
            path: the same.
            query: the same.
            body: the same.
            accept: the same.

        Raises:
            StoreError: the server is away, or says no.
        """
        for attempt in range(self._attempts):
            try:
                with (
                    refusal.translated(self.address),
                    self._asked(method, path, query or {}, body, accept) as answer,
                ):
                    return take(self._pieces(answer))
            except InfluxError as err:
                self.version = err.version or self.version
                if not isinstance(err, InfluxAwayError):
                    raise
                pause = self._pause_after(err, attempt)
                if pause is None or self._hurried.wait(pause):
                    raise
        raise AssertionError("the last attempt returns or raises")

    def hurry(self) -> None:
        """Make no request again from now on; from any thread, and without waiting."""
        self._hurried.set()

    def close(self) -> None:
        """Let go of the connection; the next request opens it again."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    @contextmanager
    def _asked(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: Body,
        accept: str,
    ) -> Generator[_Answer]:
        """Make one attempt; the connection can be used again when all was read."""
        headers = {"Accept": accept, "Content-Type": "application/json"}
        sent: Any = body
        if isinstance(body, Mapping):
            sent = dict(body)
        else:
            headers["Content-Type"] = "text/plain; charset=utf-8"
            sent = body or b""
        client = self._connected()
        answer = cast(
            "_Answer",
            client.api_client.call_api(
                path,
                method,
                query_params=list(query.items()),
                header_params=headers,
                body=sent,
                auth_settings=[],
                _preload_content=False,
                _return_http_data_only=True,
            ),
        )
        self.version = str(answer.headers.get("X-Influxdb-Version", ""))
        try:
            self._check_end(answer)
            yield answer
            self._check_sender()
        except BaseException:
            answer.close()
            raise
        answer.release_conn()

    def _check_end(self, answer: _Answer) -> None:
        """Refuse an answer cut within its headers: it would pass for an empty one."""
        headers = answer.headers
        known = headers.get("Content-Length", "").isdigit()
        known = known or headers.get("Transfer-Encoding", "").lower() == "chunked"
        if answer.status != _NO_CONTENT and not known:
            raise refusal.cut(self.address)

    def _check_sender(self) -> None:
        """Refuse a page of a proxy's: it would pass for points that were taken."""
        if not self.version:
            raise refusal.no_influxdb(self.address)

    def _pieces(self, answer: _Answer) -> Iterator[bytes]:
        """Yield an answer as it comes in; one that never ends is given up."""
        until = monotonic() + ANSWER_S
        for piece in answer.stream(CHUNK_BYTES):
            yield piece
            if monotonic() > until:
                raise InfluxAwayError(
                    Problem.SLOW,
                    "InfluxDB at {host} takes too long to answer",
                    host=self.address.host,
                )

    def _connected(self) -> Any:
        # Heavy: only whoever speaks to a server pays for it.
        from influxdb_client import InfluxDBClient

        with self._lock:
            if self._client is None:
                address = self.address
                if not (address.token.isascii() and address.token.isprintable()):
                    # The client's own error would quote it.
                    raise InfluxRefusedError(
                        Problem.REFUSED,
                        "the token for InfluxDB holds characters that no token has: "
                        "copy it again",
                    )
                basic = address.version is InfluxVersion.V1 and bool(address.username)
                token = (
                    f"{address.username}:{address.password}" if basic else address.token
                )
                self._client = InfluxDBClient(
                    address.host,
                    token=token,
                    org=address.organization,
                    timeout=(int(CONNECT_S * 1000), int(SILENCE_S * 1000)),
                    verify_ssl=address.verify_tls,
                    ssl_ca_cert=address.ca_file,
                    auth_basic=basic,
                )
            return self._client

    def _pause_after(self, err: InfluxAwayError, attempt: int) -> float | None:
        """Return how long to wait before the next attempt; None for no more."""
        if attempt + 1 >= self._attempts or not err.soon:
            return None
        pause = err.retry_after
        if pause is None:
            pause = PAUSES_S[min(attempt, len(PAUSES_S) - 1)]
        return pause if pause <= LONGEST_PAUSE_S else None


def json_of(answer: bytes, address: InfluxAddress) -> Any:
    """Return what an answer in JSON says.

    Raises:
        InfluxAwayError: it is none, so no InfluxDB answers there.
    """
    try:
        return json.loads(answer)
    except ValueError as err:
        raise refusal.no_influxdb(address) from err
