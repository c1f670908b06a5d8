"""A real InfluxDB on loopback, with a folder of its own, until it is no longer needed."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
import json
import os
from pathlib import Path
import re
import signal
import subprocess
import sys
import tempfile
from time import monotonic, sleep
from typing import Final
from urllib.error import URLError
from urllib.request import Request, urlopen

from .command_line import Parser
from .failure import UnusableError, run
from .hass_process import free_port
from .influx_program import RELEASES, Release, build, can_build, find, find_engine
from .stopping import stop

NAME = "influxdb"
ORGANIZATION: Final = "home"
TOKEN: Final = "a-token-for-trying-out"
DATABASE: Final = "pattern_intelligence"
USER: Final = "admin"
PASSWORD: Final = "a-password-for-trying-out"
_STARTS_WITHIN_S: Final = 60


@dataclass(frozen=True, slots=True)
class RunningInflux:
    """A server that answers.

    Attributes:
        release: what it is.
        url: where it answers.
        process: it; None where something else runs it.
        organization: of a 2.x.
        token: of a 2.x, by which everything is allowed.
    """

    release: Release
    url: str
    process: subprocess.Popen[bytes] | None = None
    organization: str = ORGANIZATION
    token: str = TOKEN

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables by which the client finds it."""
        one = self.release.name == "1.8"
        return {
            "INFLUXDB_V2_URL": self.url,
            "INFLUXDB_V2_ORG": "-" if one else self.organization,
            "INFLUXDB_V2_TOKEN": f"{USER}:{PASSWORD}" if one else self.token,
        }


@contextmanager
def running(
    release: Release, folder: Path, port: int = 0, *, set_up: bool = True
) -> Generator[RunningInflux]:
    """Run a server until the block is left.

    Args:
        release: which.
        folder: where its data is.
        port: on loopback; 0 for any that is free.
        set_up: whether the folder is new, so that there is no user yet.

    Raises:
        UnusableError: there is none on this machine, or it does not start.
    """
    port = free_port(port)
    url = f"http://127.0.0.1:{port}"
    program = find(release)
    if program is None:
        with _contained(release, url, port) as server:
            yield server
        return
    command = _command(release, program, folder, port)
    with (folder / "influxd.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        server = RunningInflux(release, url, process)
        _until_up(server)
        if set_up:
            _set_up(server)
        yield server
    finally:
        stop(process, signal.SIGTERM)


@contextmanager
def _contained(release: Release, url: str, port: int) -> Generator[RunningInflux]:
    """Run a server in a container."""
    engine = find_engine()
    if engine is None:
        raise UnusableError(
            f"there is no InfluxDB {release.name} here: run scripts/influxdb --build, "
            "put influxd on the path, or start a container engine"
        )
    started = subprocess.run(  # noqa: S603
        [
            *(engine, "run", "--detach", "--rm", "--publish", f"127.0.0.1:{port}:8086"),
            *("--env", "INFLUXDB_HTTP_AUTH_ENABLED=true", release.image),
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    if started.returncode:
        raise UnusableError(f"{engine} cannot run {release.image}")
    try:
        server = RunningInflux(release, url, None)
        _until_up(server)
        _set_up(server)
        yield server
    finally:
        subprocess.run(  # noqa: S603
            [engine, "kill", started.stdout.strip()], check=False, capture_output=True
        )


def _command(release: Release, program: Path, folder: Path, port: int) -> list[str]:
    address = f"127.0.0.1:{port}"
    if release.name == "2.7":
        return [
            *(str(program), "--http-bind-address", address, "--reporting-disabled"),
            *("--bolt-path", str(folder / "bolt"), "--log-level", "error"),
            *("--engine-path", str(folder / "engine")),
            *("--sqlite-path", str(folder / "sqlite")),
        ]
    default = subprocess.run(  # noqa: S603
        [program, "config"], check=True, capture_output=True, text=True
    ).stdout
    text = re.sub(r'"[^"]*/\.influxdb', f'"{folder}', default)
    text = text.replace('":8086"', f'"{address}"')
    text = text.replace('"127.0.0.1:8088"', f'"127.0.0.1:{free_port(0)}"')
    text = text.replace("reporting-disabled = false", "reporting-disabled = true")
    text = text.replace("auth-enabled = false", "auth-enabled = true", 1)
    text = text.replace("store-enabled = true", "store-enabled = false")
    config = folder / "influxdb.conf"
    config.write_text(text, encoding="utf-8")
    return [str(program), "-config", str(config)]


def _until_up(server: RunningInflux) -> None:
    until = monotonic() + _STARTS_WITHIN_S
    while monotonic() < until:
        if server.process is not None and server.process.poll() is not None:
            raise UnusableError(f"InfluxDB {server.release.name} ended at once")
        try:
            with urlopen(f"{server.url}/health", timeout=2):  # noqa: S310
                return
        except URLError, OSError:
            sleep(0.1)
    raise UnusableError(f"InfluxDB {server.release.name} does not answer")


def _set_up(server: RunningInflux) -> None:
    """Make the first user, with credentials that are known."""
    if server.release.name == "2.7":
        request = Request(  # noqa: S310
            f"{server.url}/api/v2/setup",
            json.dumps(
                {
                    "username": USER,
                    "password": PASSWORD,
                    "org": ORGANIZATION,
                    "bucket": "home_assistant",
                    "token": TOKEN,
                    "retentionPeriodSeconds": 0,
                }
            ).encode(),
            {"Content-Type": "application/json"},
        )
    else:
        statement = f"CREATE USER {USER} WITH PASSWORD '{PASSWORD}' WITH ALL PRIVILEGES"
        request = Request(  # noqa: S310
            f"{server.url}/query",
            f"q={statement}".encode(),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
    with urlopen(request, timeout=30):  # noqa: S310
        pass


def main() -> int:
    """Run the command and return its exit status."""
    parser = Parser(NAME, __doc__)
    parser.add_argument(
        "--release",
        choices=sorted(RELEASES),
        default="2.7",
        help="which InfluxDB (default: %(default)s)",
    )
    parser.add_argument(
        "--port", type=int, default=8086, help="on loopback (default: %(default)s)"
    )
    parser.add_argument(
        "--build",
        action="store_true",
        help="only build those that this machine lacks and has the tools for; minutes",
    )
    options = parser.parse_args()
    if options.build:
        return run(NAME, _build)
    return run(NAME, lambda: _serve(RELEASES[options.release], options.port))


def _build() -> int:
    for release in RELEASES.values():
        if find(release) is None and find_engine() is None and can_build(release):
            print(f"{NAME}: building InfluxDB {release.version}", file=sys.stderr)
            build(release)
    return 0


def given() -> RunningInflux | None:
    """Return the 2.x that the client's own variables name, if they name one."""
    names = ("INFLUXDB_V2_URL", "INFLUXDB_V2_ORG", "INFLUXDB_V2_TOKEN")
    url, organization, token = (os.environ.get(name, "") for name in names)
    if not (url and organization and token) or organization == "-":
        return None
    return RunningInflux(
        RELEASES["2.7"], url.rstrip("/"), organization=organization, token=token
    )


def _serve(release: Release, port: int) -> int:
    with (
        tempfile.TemporaryDirectory(prefix="pattern_intelligence.") as folder,
        running(release, Path(folder), port) as server,
    ):
        for name, value in server.environment.items():
            print(f"export {name}={value}", flush=True)
        print(f"{NAME}: InfluxDB {release.version} runs until Ctrl-C", file=sys.stderr)
        while True:
            sleep(1)


if __name__ == "__main__":
    sys.exit(main())
