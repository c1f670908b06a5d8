"""What is measured on, made once and kept in a folder of the user's."""

from collections.abc import Callable
from dataclasses import asdict
from hashlib import sha256
import json
from pathlib import Path
import shutil
import subprocess
import sys
import tempfile
from typing import Any

from .big_home import Size

REPO = Path(__file__).parents[2]
_HERE = REPO / "benchmarks"
_PRODUCT = REPO / "custom_components" / "pattern_intelligence"
#: What a recording depends on, and what its aggregates depend on besides.
_MAKERS = (
    _HERE / "simulator",
    _HERE / "speed" / "big_home.py",
    _HERE / "recorder_file.py",
    _HERE / "registry_files.py",
)
_LEARNERS = tuple(_PRODUCT / part for part in ("engine", "sources", "stores"))


class Data:
    """Recordings and stores by their parameters, made anew where the code changed.

    Args:
        folder: where they are kept.
        say: told what is being made, which may take minutes.
    """

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        """Take the folder; nothing is made yet."""
        self._folder = folder.absolute()
        self._say = say

    def recording(self, size: Size) -> Path:
        """Return the configuration directory of a home."""
        return self._kept(size.name, _digest(_MAKERS), {"size": asdict(size)})

    def store(self, size: Size, days: int) -> Path:
        """Return the SQLite store of a home of which some days were learned.

        The life of patterns in it is that of the last two Sundays.

        Args:
            size: of the home.
            days: how many of its days, from the first.
        """
        learned = {"recording": str(self.recording(size)), "days": days}
        digest = _digest((*_MAKERS, *_LEARNERS))
        return self._kept(f"{size.name}-{days}-learned", digest, learned) / "store.db"

    def _kept(self, name: str, digest: str, wanted: dict[str, Any]) -> Path:
        path = self._folder / f"{name}.{digest}"
        if path.exists():
            return path
        self._folder.mkdir(parents=True, exist_ok=True)
        for outdated in self._folder.glob(f"{name}.*"):
            shutil.rmtree(outdated)
        self._say(f"making {name}, to be kept in {self._folder}")
        making = Path(tempfile.mkdtemp(dir=self._folder))
        try:
            in_own_process("benchmarks.speed.make", {**wanted, "into": str(making)})
            # Only now does it get its name: what is there is whole.
            making.rename(path)
        except BaseException:
            shutil.rmtree(making)
            raise
        return path


def in_own_process(module: str, order: dict[str, Any]) -> Any:
    """Run a module with JSON as its argument; return the JSON that it prints.

    Raises:
        subprocess.CalledProcessError: it failed, and has told why.
    """
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", module, json.dumps(order)],
        cwd=REPO,
        check=True,
        stdout=subprocess.PIPE,
    )
    return json.loads(done.stdout or "null")


def _digest(paths: tuple[Path, ...]) -> str:
    """Return what changes when one of these files, or one in these folders, does."""
    state = sha256()
    for path in paths:
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            state.update(file.read_bytes())
    return state.hexdigest()[:12]
