"""``scripts/analyze`` on a recorder's database that is not in the directory."""

from pathlib import Path
import shutil

import pytest

from benchmarks.recorder_copy import fill
from scripts.tools.sql_server import KINDS
from tests.sources.sql_servers import SqlServers

from .conftest import Analyze

FILE = "home-assistant_v2.db"


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_says_the_same(
    analyze: Analyze,
    home: Path,
    sql_servers: SqlServers,
    socket_enabled: None,
    kind: str,
) -> None:
    """As the file does, which is no longer needed."""
    expected = analyze(home, "--json", "-")
    url = sql_servers.get(kind)
    fill(url, home / FILE)
    for file in home.glob(f"{FILE}*"):
        file.unlink()
    found = analyze(home, "--db-url", url, "--json", "-")
    assert (found.status, expected.status) == (0, 0)
    assert found.known == expected.known
    assert found.known["patterns"]


@pytest.mark.parametrize("url", ["sqlite:///elsewhere/r.db", "sqlite:///{folder}/r.db"])
def test_a_file_elsewhere(analyze: Analyze, home: Path, url: str) -> None:
    """Relative to the directory, or not."""
    elsewhere = home / "elsewhere"
    elsewhere.mkdir()
    expected = analyze(home, "--json", "-")
    shutil.move(home / FILE, elsewhere / "r.db")
    found = analyze(home, "--db-url", url.format(folder=elsewhere), "--json", "-")
    assert found.known == expected.known


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("homeassistant", "no URL of a database"),
        ("postgresql+psycopg2://u:s3cret@127.0.0.1:1/x", "cannot be read"),
        ("mssql+pyodbc://u:s3cret@h/x", "driver"),
        ("sqlite:///nowhere.db", "is not there"),
    ],
)
def test_what_cannot_be_read(
    analyze: Analyze, home: Path, socket_enabled: None, url: str, said: str
) -> None:
    """One line says why, without the password."""
    outcome = analyze(home, "--db-url", url)
    assert outcome.status == 2
    assert said in outcome.err
    assert outcome.err.count("\n") == 1
    assert "s3cret" not in outcome.err
