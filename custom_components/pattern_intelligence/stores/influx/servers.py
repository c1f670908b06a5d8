"""The server at an address, of whichever version, and whether it is of that version."""

from __future__ import annotations

from ..base import StoreError
from .address import InfluxAddress, InfluxVersion
from .link import Link
from .problem import InfluxError, Problem
from .server import Server
from .server_v1 import InfluxOne
from .server_v2 import InfluxTwo


def server_at(address: InfluxAddress, attempts: int | None = None) -> Server:
    """Return the server at an address; nothing is sent yet.

    Args:
        address: the server.
        attempts: how often a request is made at most; None for the usual.
    """
    link = Link(address) if attempts is None else Link(address, attempts)
    if address.version is InfluxVersion.V1:
        return InfluxOne(link)
    return InfluxTwo(link)


def check_version(link: Link) -> None:
    """Make sure that the server is of the kind that was chosen.

    Raises:
        InfluxError: it is of another kind, or no InfluxDB.
        StoreError: nothing answers.
    """
    error: StoreError | None = None
    try:
        link.send("GET", "/ping", accept="*/*")
    except StoreError as err:
        # Who asks for credentials says what it is all the same.
        error = err
    host, found = link.address.host, link.version
    if not found and error is not None:
        raise error
    major = found.lstrip("v").partition(".")[0]
    if major == "3":
        raise InfluxError(
            Problem.INFLUXDB_3,
            "InfluxDB at {host} is version {version}, which is not supported: "
            "use 2.x, 1.8 or the built-in store",
            host=host,
            version=found,
        )
    wanted = "1" if link.address.version is InfluxVersion.V1 else "2"
    if major.isdigit() and major != wanted:
        raise InfluxError(
            Problem.OTHER_VERSION,
            "InfluxDB at {host} is version {version}: choose InfluxDB {major} for it",
            host=host,
            version=found,
            major=major,
        )
    if error is not None:
        raise error
