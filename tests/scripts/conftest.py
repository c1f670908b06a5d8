"""A recorded home and the command that analyzes it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
import json
import os
from pathlib import Path
import shutil
import signal
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from scripts.tools import analysis
from tests.sources.builder import BERLIN, RecorderBuilder

REPO = Path(__file__).parents[2]
FIRST = date(2026, 3, 9)
"""A Monday; the clock changes on the third Sunday."""
DAYS = 24
LAST = FIRST + timedelta(days=DAYS - 1)
CATCHABLE = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Outcome:
    """What a command left."""

    status: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """Return the JSON on standard output."""
        report: dict[str, Any] = json.loads(self.out)
        return report

    @property
    def known(self) -> dict[str, Any]:
        """Return the report without what the run cost."""
        return {key: value for key, value in self.report.items() if key != "run"}


type Analyze = Callable[..., Outcome]
type Command = Callable[[Sequence[str]], int]


def analyze_command(*arguments: object) -> list[str]:
    """Return the command line of ``scripts/analyze``, after its set-up."""
    command = (sys.executable, "-P", "-m", "scripts.tools.analyze", *arguments)
    return [str(argument) for argument in command]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return an environment with a folder of its own for temporary files."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    return os.environ | {"PYTHONPATH": str(REPO), "TMPDIR": str(temporary)}


@pytest.fixture
def launch(environment: dict[str, str], tmp_path: Path) -> Analyze:
    """Return a function that runs the command in a process of its own."""

    def run(*arguments: object) -> Outcome:
        done = subprocess.run(  # noqa: S603
            analyze_command(*arguments),
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def run_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[[Command, Sequence[object]], Outcome]]:
    """Return a function that runs a command in this process, which is quicker."""
    monkeypatch.chdir(tmp_path)
    handlers = {number: signal.getsignal(number) for number in CATCHABLE}

    def run(command: Command, arguments: Sequence[object]) -> Outcome:
        try:
            status = command([str(argument) for argument in arguments])
        except SystemExit as stopped:
            status = int(str(stopped.code))
        told = capsys.readouterr()
        return Outcome(status, told.out, told.err)

    yield run
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def analyze(run_here: Callable[[Command, Sequence[object]], Outcome]) -> Analyze:
    """Return a function that runs ``scripts/analyze`` in this process."""
    return lambda *arguments: run_here(analysis.main, arguments)


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory of a home with one habit, one link and some noise.

    The kitchen light goes on at 06:45 give or take some minutes. The hall light
    follows the front door by about 20 s. The sofa light is used at any time.
    """
    directory = tmp_path_factory.mktemp("recorded")
    with RecorderBuilder(directory / "home-assistant_v2.db") as recorder:
        rng = np.random.default_rng(20260302)
        recorder.pulse(f"{FIRST} 00:00", f"{LAST} 23:59")
        for number in range(DAYS):
            day = FIRST + timedelta(days=number)
            _use(recorder, day, "light.kitchen", 6 * 60 + 45 + rng.normal(0, 5), 30)
            for minute in rng.uniform(8 * 60, 22 * 60, 4):
                _use(recorder, day, "binary_sensor.front_door", minute, 1)
                _use(recorder, day, "light.hall", minute + rng.normal(20, 2) / 60, 5)
            for minute in rng.uniform(9 * 60, 23 * 60, 3):
                _use(recorder, day, "light.sofa", minute, 20)
    _write(directory, "core.config", {"time_zone": "Europe/Berlin", "language": "en"})
    return directory


@pytest.fixture
def home(recorded: Path, tmp_path: Path) -> Path:
    """Return a copy of the home that a test may change."""
    return Path(shutil.copytree(recorded, tmp_path / "home"))


def _use(
    recorder: RecorderBuilder, day: date, entity: str, minute: float, length: float
) -> None:
    """Add rows of something that is on for some minutes."""
    midnight = datetime.combine(day, datetime.min.time(), BERLIN)
    at = (midnight + timedelta(minutes=minute)).timestamp()
    recorder.state(entity, "on", at)
    recorder.state(entity, "off", at + 60 * length)


def _write(directory: Path, name: str, data: dict[str, str]) -> None:
    storage = directory / ".storage"
    storage.mkdir(exist_ok=True)
    stored = {"version": 1, "minor_version": 4, "key": name, "data": data}
    (storage / name).write_text(json.dumps(stored), encoding="utf-8")
