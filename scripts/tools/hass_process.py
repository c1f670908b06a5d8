"""A real Home Assistant as a child process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
import re
import signal
import socket
import sys
from typing import Final

from .failure import UnusableError
from .hass_client import HassClient

_STARTS_WITHIN_S: Final = 120
_STOPS_WITHIN_S: Final = 20
_POLL_S: Final = 0.2
_TROUBLE: Final = re.compile(r"^\S+ \S+ (WARNING|ERROR|CRITICAL) \([^)]*\) \[([^]]+)\]")


def free_port(wanted: int) -> int:
    """Return a port of the loopback interface that nobody listens on.

    Args:
        wanted: taken when it is free.
    """
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise UnusableError(f"port {wanted} is taken, and there is no other: give --port")


@dataclass(frozen=True, slots=True)
class RunningHass:
    """A Home Assistant that answers.

    Attributes:
        client: talks to it.
        console: what it wrote so far.
        process: it.
    """

    client: HassClient
    console: Path
    process: asyncio.subprocess.Process


@asynccontextmanager
async def running(
    directory: Path, url: str, waiting: Callable[[], None]
) -> AsyncIterator[RunningHass]:
    """Run Home Assistant until the block is left.

    Args:
        directory: its configuration directory.
        url: where it will answer.
        waiting: called now and then until it does.

    Raises:
        UnusableError: it ends before it answers, or does not in time.
    """
    console = directory / "console.log"
    with console.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "homeassistant", "--config", str(directory)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        async with HassClient(url) as client:
            await _until_up(process, client, console, waiting)
            yield RunningHass(client, console, process)
    finally:
        await _stop(process)


async def _until_up(
    process: asyncio.subprocess.Process,
    client: HassClient,
    console: Path,
    waiting: Callable[[], None],
) -> None:
    try:
        async with asyncio.timeout(_STARTS_WITHIN_S):
            while not await client.is_up():
                if process.returncode is not None:
                    raise UnusableError(
                        f"Home Assistant ended at once; {_last_line(console)}"
                    )
                waiting()
                await asyncio.sleep(_POLL_S)
    except TimeoutError:
        raise UnusableError(
            f"Home Assistant does not answer at {client.url} after "
            f"{_STARTS_WITHIN_S} s; {_last_line(console)}"
        ) from None


async def _stop(process: asyncio.subprocess.Process) -> None:
    """Ask the process to end, and make it."""
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        async with asyncio.timeout(_STOPS_WITHIN_S):
            await process.wait()
    except TimeoutError, asyncio.CancelledError:
        process.kill()
        await process.wait()


def _last_line(console: Path) -> str:
    lines = console.read_text(encoding="utf-8", errors="replace").split("\n")
    said = [line for line in lines if line.strip()]
    return f"it said: {said[-1]}" if said else "it said nothing"


def complaints(console: Path, integration: str) -> list[str]:
    """Return the warnings and errors that an integration is the reason of.

    Args:
        console: what Home Assistant wrote.
        integration: the custom integration's domain.
    """
    lines = console.read_text(encoding="utf-8", errors="replace").split("\n")
    return [
        line
        for line in lines
        if (trouble := _TROUBLE.match(line))
        and re.search(rf"\b{integration}\b", line)
        # Said of every custom integration.
        and trouble[2] != "homeassistant.loader"
    ]
