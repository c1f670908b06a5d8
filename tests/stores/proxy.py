"""A TCP proxy that does to a connection what networks and servers do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
import socket
import ssl
import struct
from threading import Event, Thread
from urllib.parse import urlsplit

_RESET = struct.pack("ii", 1, 0)


class Proxy:
    """Stands between a client and a server on loopback.

    Attributes:
        url: where it listens.
        requests: bytes that may still go to the server before the connection is cut.
        answers: bytes that may still come back before it is cut.
        canned: answers that are given in the server's place, one a connection.
        silent: whether nothing is passed on.
        delay: seconds after which each piece is passed on, of a kilobyte at most.
    """

    def __init__(
        self, url: str, port: int = 0, tls: ssl.SSLContext | None = None
    ) -> None:
        """Listen on a port, 0 for any that is free, for TLS if a context is given."""
        self._tls = tls
        self._target = urlsplit(url).port
        self._listener = socket.create_server(("127.0.0.1", port))
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._listener.getsockname()[1]}"
        self.requests: int | None = None
        self.answers: int | None = None
        self.canned: list[bytes] = []
        self.silent = False
        self.delay = 0.0
        self.closed = Event()
        self._sockets: list[socket.socket] = []
        self._threads: list[Thread] = []
        self._start(self._accept)

    def cut(self, requests: int | None = None, answers: int | None = None) -> None:
        """Cut the next connection that passes on more than so many bytes."""
        self.requests, self.answers = requests, answers

    def close(self) -> None:
        """Cut all connections, and refuse others from now on."""
        self.closed.set()
        for each in (self._listener, *self._sockets):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join()

    def _start[*Ts](self, work: Callable[[*Ts], None], *given: *Ts) -> None:
        thread = Thread(target=work, args=given, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.closed.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(client)
            self._start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        if self._tls is not None:
            try:
                client = self._tls.wrap_socket(client, server_side=True)
            except OSError:
                client.close()
                return
            self._sockets.append(client)
        if self.canned:
            self._answer(client, self.canned.pop(0))
            return
        server = socket.create_connection(("127.0.0.1", self._target))
        self._sockets.append(server)
        self._start(self._pump, client, server, "requests")
        self._pump(server, client, "answers")

    def _answer(self, client: socket.socket, answer: bytes) -> None:
        """Read the whole request, then say what is said in the server's place."""
        request = b""
        while b"\r\n\r\n" not in request:
            piece = client.recv(65536)
            if not piece:
                return
            request += piece
        head, _, body = request.partition(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        while len(body) < length:
            body += client.recv(65536)
        client.sendall(answer)
        client.close()

    def _pump(self, source: socket.socket, sink: socket.socket, way: str) -> None:
        with suppress(OSError):
            while data := source.recv(1024):
                while self.silent and not self.closed.wait(0.01):
                    pass
                self.closed.wait(self.delay)
                left = getattr(self, way)
                if left is not None:
                    setattr(self, way, left - len(data))
                    if left < len(data):
                        sink.sendall(data[:left])
                        setattr(self, way, None)
                        break
                sink.sendall(data)
        for each in (source, sink):
            with suppress(OSError):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                each.shutdown(socket.SHUT_RDWR)
            each.close()


@contextmanager
def proxied(
    url: str, port: int = 0, tls: ssl.SSLContext | None = None
) -> Iterator[Proxy]:
    """Return a proxy before a server until the block is left."""
    proxy = Proxy(url, port, tls)
    try:
        yield proxy
    finally:
        proxy.close()


def answer(status: str, body: str = "", *headers: str) -> bytes:
    """Return an answer of HTTP."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Length: {len(body.encode())}",
        "Connection: close",
        *headers,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()
