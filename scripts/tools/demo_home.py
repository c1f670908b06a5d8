"""A configuration directory with the past of a simulated household."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from benchmarks.recorder_file import write_home
from benchmarks.simulator import Home, simulate

ZONE: Final = "Europe/Berlin"
INTEGRATION: Final = "pattern_intelligence"
_REPO: Final = Path(__file__).parents[2]
_CONFIGURATION: Final = """\
homeassistant:
recorder:
  auto_purge: false
automation: !include automations.yaml
backup:
config:
frontend:
history:
logbook:
script: !include scripts.yaml
system_health:
logger:
  default: warning
"""
# All but the user: the other steps add integrations that ask the internet.
_ONBOARDED: Final[dict[str, object]] = {
    "done": ["core_config", "analytics", "integration"]
}


def live(days: int, seed: int) -> Home:
    """Simulate a household whose last day was yesterday.

    Args:
        days: how many days are recorded.
        seed: decides everything.
    """
    today = datetime.now(ZoneInfo(ZONE)).date()
    first = today - timedelta(days=days)
    return simulate(seed, days, time_zone=ZONE, first_day=first)


def furnish(directory: Path, home: Home, port: int) -> None:
    """Write a household's past, and what Home Assistant needs to start on it.

    Args:
        directory: the configuration directory; made when missing.
        home: the household.
        port: where Home Assistant will answer, on the loopback interface.

    Raises:
        FileExistsError: there is a recorder's database already.
    """
    write_home(home, directory)
    (directory / "configuration.yaml").write_text(_CONFIGURATION, encoding="utf-8")
    (directory / "automations.yaml").write_text("[]\n", encoding="utf-8")
    (directory / "scripts.yaml").write_text("{}\n", encoding="utf-8")
    _store(directory, "onboarding", 4, 1, _ONBOARDED)
    _store(directory, "http", 2, 2, _http(port))
    components = directory / "custom_components"
    components.mkdir(exist_ok=True)
    (components / INTEGRATION).symlink_to(_REPO / "custom_components" / INTEGRATION)


def _http(port: int) -> dict[str, object]:
    """Return settings of the server that are confirmed already.

    Those that YAML names Home Assistant takes back after five minutes, unless
    somebody confirms them.
    """
    confirmed = {
        "server_host": ["127.0.0.1"],
        "server_port": port,
        "cors_allowed_origins": [],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": False,
        "ssl_profile": "modern",
        "use_x_frame_options": True,
        "created_at": datetime.now(UTC).isoformat(),
        "error": None,
        "error_message": None,
    }
    return {"stable": confirmed, "pending": None, "yaml_migration_done": True}


def _store(
    directory: Path, key: str, version: int, minor: int, data: dict[str, object]
) -> None:
    stored = {"version": version, "minor_version": minor, "key": key, "data": data}
    (directory / ".storage" / key).write_text(json.dumps(stored), encoding="utf-8")
