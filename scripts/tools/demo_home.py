"""A configuration directory with the past of a simulated household."""

from __future__ import annotations

from datetime import datetime, timedelta
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
http:
  server_host: 127.0.0.1
  server_port: {port}
recorder:
  auto_purge: false
automation: []
backup:
config:
frontend:
history:
logbook:
script: {{}}
system_health:
logger:
  default: warning
"""
_ONBOARDED: Final = {
    "version": 4,
    "minor_version": 1,
    "key": "onboarding",
    # All but the user: the other steps add integrations that ask the internet.
    "data": {"done": ["core_config", "analytics", "integration"]},
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
    (directory / "configuration.yaml").write_text(
        _CONFIGURATION.format(port=port), encoding="utf-8"
    )
    (directory / ".storage" / "onboarding").write_text(
        json.dumps(_ONBOARDED), encoding="utf-8"
    )
    components = directory / "custom_components"
    components.mkdir(exist_ok=True)
    (components / INTEGRATION).symlink_to(_REPO / "custom_components" / INTEGRATION)
