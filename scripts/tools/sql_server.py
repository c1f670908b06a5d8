"""A real MariaDB or PostgreSQL on loopback, with a folder of its own, until it is left.

Both are Debian's packages, ``mariadb-server`` and ``postgresql``. Neither runs as root:
where that is who starts them, they run as ``nobody``.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
import os
from pathlib import Path
import pwd
import shutil
import signal
import subprocess
from time import monotonic, sleep
from typing import Any, Final

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from .failure import UnusableError
from .hass_process import free_port
from .stopping import stop

DATABASE: Final = "recorder"
_UNPRIVILEGED: Final = "nobody"
_STARTS_WITHIN_S: Final = 60
_POSTGRESQL: Final = Path("/usr/lib/postgresql")
"""Where Debian keeps programs that are not on the path, by version."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of server.

    Attributes:
        name: how it is asked for.
        title: how a person knows it.
        package: of Debian.
        programs: what makes its folder, and what serves it.
        url: of the database with a placeholder for the port, as the recorder has it.
        made_in: the database in which that one is made.
        make: returns the command that makes the folder.
        serve: returns the command that serves it.
    """

    name: str
    title: str
    package: str
    programs: tuple[str, str]
    url: str
    made_in: str
    make: Callable[[str, Path], Sequence[str]]
    serve: Callable[[str, Path, int], Sequence[str]]


KINDS: Final = {
    each.name: each
    for each in (
        Kind(
            "mariadb",
            "MariaDB",
            "mariadb-server",
            ("mariadb-install-db", "mariadbd"),
            "mysql+pymysql://root@127.0.0.1:{port}/{database}?charset=utf8mb4",
            "mysql",
            lambda program, folder: (
                *(program, "--no-defaults", f"--datadir={folder}", "--skip-test-db"),
                "--auth-root-authentication-method=normal",
            ),
            lambda program, folder, port: (
                *(program, "--no-defaults", f"--datadir={folder}", f"--port={port}"),
                *("--bind-address=127.0.0.1", f"--socket={folder}/socket"),
                *(f"--pid-file={folder}/pid", "--innodb-flush-log-at-trx-commit=0"),
            ),
        ),
        Kind(
            "postgresql",
            "PostgreSQL",
            "postgresql",
            ("initdb", "postgres"),
            "postgresql+psycopg2://recorder@127.0.0.1:{port}/{database}",
            "postgres",
            lambda program, folder: (
                *(program, "-D", str(folder), "-U", "recorder", "-A", "trust"),
                *("-E", "UTF8", "--locale=C", "--no-sync"),
            ),
            lambda program, folder, port: (
                *(program, "-D", str(folder), "-p", str(port), "-h", "127.0.0.1"),
                *("-k", str(folder), "-F"),
            ),
        ),
    )
}


@contextmanager
def running(kind: Kind, folder: Path) -> Generator[str]:
    """Run a server until the block is left.

    Args:
        kind: which.
        folder: empty, where its data is to be; every user may enter what it lies in.

    Yields:
        The URL of a database in it that may be emptied and filled.

    Raises:
        UnusableError: there is none on this machine, or it does not start.
    """
    make, serve = (_program(kind, name) for name in kind.programs)
    who = _unprivileged(folder)
    port = free_port(0)
    made = subprocess.run(  # noqa: S603
        kind.make(make, folder), **who, check=False, capture_output=True, text=True
    )
    if made.returncode:
        said = [line for line in made.stderr.splitlines() if line.strip()]
        raise UnusableError(f"{make} failed: {said[-1] if said else 'it said nothing'}")
    process = subprocess.Popen(  # noqa: S603
        kind.serve(serve, folder, port),
        **who,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _make_database(kind, port, process)
        yield kind.url.format(port=port, database=DATABASE)
    finally:
        # At once, whoever is connected.
        stop(process, signal.SIGINT, signal.SIGTERM)


def _program(kind: Kind, name: str) -> str:
    """Return a program of a server.

    Raises:
        UnusableError: it is not on this machine.
    """
    if found := shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin"):
        return found
    for found in sorted(map(str, _POSTGRESQL.glob(f"*/bin/{name}")), reverse=True):
        return found
    raise UnusableError(
        f"there is no {kind.title} here: install Debian's package {kind.package}"
    )


def _unprivileged(folder: Path) -> dict[str, Any]:
    """Return as whom to run; the folder is theirs."""
    if os.geteuid():
        return {}
    user = pwd.getpwnam(_UNPRIVILEGED)
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": (), "cwd": "/"}


def _make_database(kind: Kind, port: int, process: subprocess.Popen[bytes]) -> None:
    """Make the database as soon as the server answers.

    Raises:
        UnusableError: it ended, or never answers.
    """
    engine = create_engine(kind.url.format(port=port, database=kind.made_in))
    until = monotonic() + _STARTS_WITHIN_S
    try:
        while monotonic() < until:
            if process.poll() is not None:
                raise UnusableError(f"{kind.name} ended at once")
            try:
                with engine.connect() as connection:
                    connection.execution_options(isolation_level="AUTOCOMMIT").execute(
                        text(f"CREATE DATABASE {DATABASE}")
                    )
            except OperationalError:
                sleep(0.1)
            else:
                return
    finally:
        engine.dispose()
    raise UnusableError(f"{kind.name} does not answer")
