"""Lets a real Home Assistant learn the habits of a simulated household."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
import shutil
import tempfile
from typing import Final

from benchmarks.simulator import Home

from .command_line import Parser, at_least
from .demo_dashboard import PATH, add_dashboard
from .demo_home import INTEGRATION, furnish, live
from .failure import UnusableError, run
from .hass_client import HassClient, HassError, Json
from .hass_process import RunningHass, complaints, free_port, running
from .planted import compare, told
from .progress import Progress, Task

NAME: Final = "demo"
USER: Final = "demo"
PASSWORD: Final = "demo"
_FEWEST_DAYS: Final = 14
_LEARNED_WITHIN_S: Final = 600
_POLL_S: Final = 0.3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status.

    Args:
        arguments: those of the command line, unless others are given.
    """
    options = _parser().parse_args(arguments)
    return run(NAME, lambda: _demonstrate(options), (HassError,))


def _demonstrate(options: argparse.Namespace) -> int:
    progress = Progress()
    with _directory(options.keep) as directory:
        port = free_port(options.port)
        with progress.task(f"Simulating {options.days} days of a household") as task:
            home = live(options.days, options.seed)
            task.outcome = f"{len(home.stream):,} rows of {len(home.entities)} entities"
        with progress.task("Writing its recorder's database"):
            furnish(directory, home, port)
        return asyncio.run(_show(directory, home, port, progress, once=options.once))


@contextmanager
def _directory(keep: Path | None) -> Iterator[Path]:
    """Give a directory to work in: one to keep, or one that is gone afterwards."""
    if keep is None:
        with tempfile.TemporaryDirectory(
            prefix="simulated-home.", ignore_cleanup_errors=True
        ) as directory:
            yield Path(directory)
        return
    try:
        keep.mkdir(parents=True, exist_ok=True)
        taken = any(keep.iterdir())
    except OSError as error:
        raise UnusableError(
            f"--keep {keep} cannot be used: {error.strerror}; name another folder"
        ) from error
    if taken:
        raise UnusableError(f"--keep {keep} is not empty; name a new folder")
    yield keep.resolve()


async def _show(
    directory: Path, home: Home, port: int, progress: Progress, *, once: bool
) -> int:
    """Run Home Assistant on a directory, and show what it learns.

    Args:
        directory: the configuration directory.
        home: whose past it holds.
        port: where Home Assistant is told to answer.
        progress: where it is told how far it is.
        once: whether to stop when all is shown.

    Returns:
        The command's exit status.
    """
    url = f"http://127.0.0.1:{port}"
    async with AsyncExitStack() as stack:
        with progress.task("Starting Home Assistant") as task:
            hass = await stack.enter_async_context(
                running(directory, url, lambda: task.advance(parts=0))
            )
        client = hass.client
        with progress.task("Adding the integration"):
            await client.onboard("Demo", USER, PASSWORD)
            await client.add_integration(INTEGRATION)
            sensors = await _sensors(client)
            await add_dashboard(client, sensors)
        with progress.task("Learning", home.days) as task:
            report = await _learned(client, sensors["status"], task)
            task.outcome = f"{len(report['patterns'])} patterns"
        status = _judge(home, report, hass)
        print(f"\n{url}/{PATH}   user {USER}, password {PASSWORD}", flush=True)
        if not once:
            await _stay(hass)
        return status


async def _sensors(client: HassClient) -> dict[str, str]:
    """Return the integration's entities that are shown, by their translation key."""
    entries = await client.call("config/entity_registry/list")
    return {
        entry["translation_key"]: entry["entity_id"]
        for entry in entries
        if entry["platform"] == INTEGRATION and not entry["disabled_by"]
    }


async def _learned(client: HassClient, status: str, task: Task) -> Json:
    """Wait until all is learned, and return what is known then.

    Args:
        client: asks Home Assistant.
        status: the entity that tells what the integration is doing.
        task: told how far it is.

    Raises:
        HassError: learning failed, or does not come to an end.
    """
    done = 0
    try:
        async with asyncio.timeout(_LEARNED_WITHIN_S):
            while True:
                state = await client.state(status)
                attributes = state["attributes"]
                if progress := attributes.get("progress"):
                    task.advance(parts=progress["days_done"] - done)
                    done = progress["days_done"]
                if state["state"] == "error":
                    raise HassError(f"learning failed: {attributes.get('message')}")
                if state["state"] == "idle":
                    report = await client.respond(INTEGRATION, "get_patterns")
                    if report["home"]["days"]:
                        return report
                await asyncio.sleep(_POLL_S)
    except TimeoutError:
        raise HassError(f"nothing was learned within {_LEARNED_WITHIN_S} s") from None


def _judge(home: Home, report: Json, hass: RunningHass) -> int:
    """Show what was planted and learned, and what Home Assistant complained of."""
    comparison = compare(home, report["patterns"])
    print()
    for line in told(home, comparison, shutil.get_terminal_size().columns):
        print(line)
    troubles = complaints(hass.console, INTEGRATION)
    if troubles:
        print("\nHome Assistant's log complains:")
        for line in troubles:
            print(line)
    if missed := comparison.clear_missed:
        print(f"\n{len(missed)} habits that are plain to see were not found.")
    return 1 if troubles or missed else 0


async def _stay(hass: RunningHass) -> None:
    """Wait until somebody stops the demonstration, or Home Assistant."""
    print("Stop with Ctrl-C.", flush=True)
    try:
        await hass.process.wait()
    except asyncio.CancelledError:
        print("\nStopping Home Assistant.", flush=True)
        return
    print("Home Assistant has ended.", flush=True)


def _parser() -> Parser:
    parser = Parser(NAME, __doc__)
    parser.add_argument(
        "--once",
        action="store_true",
        help="stop when all is shown, with status 1 "
        "where something plain to see was missed or went wrong",
    )
    parser.add_argument(
        "--days",
        type=at_least(_FEWEST_DAYS),
        default=63,
        metavar="N",
        help="days of history to simulate (default: %(default)s)",
    )
    parser.add_argument(
        "--seed",
        type=at_least(0),
        default=0,
        metavar="N",
        help="decides which household (default: %(default)s)",
    )
    parser.add_argument(
        "--port",
        type=at_least(1),
        default=8123,
        metavar="N",
        help="where Home Assistant answers; another one is taken when it is not free "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="DIR",
        help="a new folder for the configuration, kept afterwards "
        "(default: a temporary one)",
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
