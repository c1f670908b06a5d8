"""The program ``influxd``: found on this machine, or built from its Go module once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
import json
import os
from pathlib import Path
import shutil
import subprocess
import tempfile
from typing import Final

from .failure import UnusableError

CACHE: Final = (
    Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    / "pattern_intelligence"
)
_PKG_CONFIG: Final = "github.com/influxdata/pkg-config@v0.2.14"


@dataclass(frozen=True, slots=True)
class Release:
    """A release that is tested against.

    Attributes:
        name: how it is asked for.
        version: of the release.
        module: its Go module.
    """

    name: str
    version: str
    module: str

    @property
    def cached(self) -> Path:
        """Return where the built program is kept."""
        return CACHE / f"influxdb-{self.version}" / "influxd"

    @property
    def image(self) -> str:
        """Return the image by which a container engine knows it."""
        return f"docker.io/library/influxdb:{self.version}"


RELEASES: Final = {
    each.name: each
    for each in (
        Release("2.7", "2.7.12", "github.com/influxdata/influxdb/v2"),
        Release("1.8", "1.8.10", "github.com/influxdata/influxdb"),
    )
}


def find(release: Release) -> Path | None:
    """Return the program if it is on the path, or was built before."""
    if (found := shutil.which("influxd")) and _is(Path(found), release):
        return Path(found)
    return release.cached if release.cached.exists() else None


def find_engine() -> str | None:
    """Return the container engine that works, if there is one."""
    for name in ("docker", "podman"):
        if (
            shutil.which(name)
            and not subprocess.run(  # noqa: S603
                [name, "info"], check=False, capture_output=True
            ).returncode
        ):
            return name
    return None


def can_build(release: Release) -> bool:
    """Tell whether the tools are there that the program is built with."""
    tools = ["go"] if release.name == "1.8" else ["go", "cargo", "cc"]
    return all(map(shutil.which, tools))


def build(release: Release) -> Path:
    """Build the program, which takes some minutes, and keep it for the user.

    Raises:
        UnusableError: it cannot be built.
    """
    if not can_build(release):
        raise UnusableError(
            f"InfluxDB {release.name} is built with Go (2.7: and Rust): install them, "
            "or put influxd on the path"
        )
    release.cached.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=release.cached.parent) as folder:
        work = Path(folder)
        done = work / "influxd"
        if release.name == "1.8":
            _build_one(release, work)
        else:
            _build_two(release, work, done)
        # Only now does it get its name: what is there is whole.
        done.replace(release.cached)
        # Go keeps the sources of modules read-only.
        for each in work.rglob("*"):
            if each.is_dir() and not each.is_symlink():
                each.chmod(0o755)
    return release.cached


def _build_one(release: Release, work: Path) -> None:
    _run(
        ["go", "install", "-ldflags", _flags(release), _command(release)],
        {"GOBIN": str(work)},
    )


def _build_two(release: Release, work: Path, done: Path) -> None:
    """Build 2.7, which cannot be installed since its module replaces another.

    Its half in Rust asks for a toolchain of its time, whose successors warn of what
    they once let pass.
    """
    told = _run(
        ["go", "mod", "download", "-json", f"{release.module}@v{release.version}"],
        {"GOFLAGS": "-mod=mod"},
    )
    source = work / "source"
    shutil.copytree(json.loads(told)["Dir"], source)
    for each in [source, *source.rglob("*")]:
        each.chmod(each.stat().st_mode | 0o200)
    tools = work / "bin"
    _run(["go", "install", _PKG_CONFIG], {"GOBIN": str(tools), "GOFLAGS": "-mod=mod"})
    lenient = work / "rustc-lenient"
    lenient.write_text('#!/bin/sh\nexec "$@" --cap-lints warn\n', encoding="utf-8")
    lenient.chmod(0o755)
    _run(
        [
            *("go", "build", "-tags", "sqlite_foreign_keys,sqlite_json,noasm"),
            *("-ldflags", _flags(release), "-o", str(done), "./cmd/influxd"),
        ],
        {
            "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}",
            "PKG_CONFIG": str(tools / "pkg-config"),
            "RUSTC_WRAPPER": str(lenient),
            "RUSTUP_TOOLCHAIN": "stable",
        },
        source,
    )


def _command(release: Release) -> str:
    return f"{release.module}/cmd/influxd@v{release.version}"


def _flags(release: Release) -> str:
    return f"-s -w -X main.version={release.version}"


def _run(
    command: list[str], environment: Mapping[str, str], folder: Path | None = None
) -> str:
    """Run a command of the build; return what it prints.

    Raises:
        UnusableError: it failed.
    """
    done = subprocess.run(  # noqa: S603
        command,
        cwd=folder or CACHE,
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        raise UnusableError(
            f"{' '.join(command[:3])} failed: {said[-1] if said else 'it said nothing'}"
        )
    return done.stdout


def _is(program: Path, release: Release) -> bool:
    """Tell whether a program is of a release's kind."""
    told = subprocess.run(  # noqa: S603
        [program, "version"], check=False, capture_output=True, text=True
    ).stdout
    return f"v{release.name}" in told or f" {release.name}" in told
