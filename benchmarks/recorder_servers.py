"""How long a day takes to be read from each database a recorder may use.

Run as ``python -m benchmarks.recorder_servers``. All rows are of entities that are
looked at, so that each is handed over. MariaDB is read by each driver that is there:
Home Assistant's own images have ``mysqlclient``.
"""

from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from statistics import median
import tempfile
from time import perf_counter

from custom_components.pattern_intelligence.engine.scope import Scope
from custom_components.pattern_intelligence.sources.config_dir import read_home
from custom_components.pattern_intelligence.sources.recorded_days import RecordedDays
from custom_components.pattern_intelligence.sources.recorder_database import (
    RecorderDatabase,
)
from custom_components.pattern_intelligence.sources.recorder_file import RecorderFile
from scripts.tools.sql_server import KINDS, running

from .recorder_copy import fill, prepare
from .recorder_file import write_home
from .speed.big_home import Size, big_home

ROWS = 100_000
DAYS = 3
REPEAT = 9
DRIVERS = {
    "mariadb": {"PyMySQL": "mysql+pymysql", "mysqlclient": "mysql+mysqldb"},
    "postgresql": {"psycopg2": "postgresql+psycopg2"},
}
MODULES = {"PyMySQL": "pymysql", "mysqlclient": "MySQLdb", "psycopg2": "psycopg2"}


def main() -> None:
    """Print a table in Markdown."""
    with tempfile.TemporaryDirectory(prefix="pattern_intelligence.") as name:
        folder = Path(name)
        folder.chmod(0o755)
        home = big_home(Size(houses=3, days=DAYS, rows=ROWS, full=DAYS, watched=True))
        path = write_home(home, folder / "config")
        context = read_home(path.parent)
        now = round(float(home.stream.instant[-1]) * 1000) + 1
        print("| database | driver | median | least | rows | times SQLite |")
        print("| --- | --- | --- | --- | --- | --- |")
        file = RecorderFile(path, context, Scope(), now)
        file.complete()
        own = _row("SQLite", "sqlite3", file, None)
        for kind in KINDS.values():
            data = folder / kind.name
            data.mkdir()
            with running(kind, data) as url:
                prepare(url)
                fill(url, path)
                for driver, scheme in DRIVERS[kind.name].items():
                    if find_spec(MODULES[driver]) is None:
                        continue
                    there = f"{scheme}:{url.partition(':')[2]}"
                    source = RecorderDatabase(there, file.home, Scope(), now)
                    _row(kind.title, driver, source, own)


def _row(title: str, driver: str, source: RecordedDays, sqlite: float | None) -> float:
    """Print how long the second day takes; return the median for so many rows."""
    extent = source.extent()
    assert extent
    day = extent[0] + timedelta(days=1)
    took = []
    for _ in range(REPEAT):
        begun = perf_counter()
        raw = source.read(day)
        took.append((perf_counter() - begun) / raw.rows * ROWS)
    middle = median(took)
    times = f"{middle / sqlite:.1f}" if sqlite else ""
    print(
        f"| {title} | {driver} | {middle:.2f} s | {min(took):.2f} s | {raw.rows} | "
        f"{times} |",
        flush=True,
    )
    return middle


if __name__ == "__main__":
    main()
