"""What the demonstration knows of Home Assistant, apart from running it."""

from pathlib import Path
import socket

import pytest

from scripts.tools.hass_client import Json, suggested
from scripts.tools.hass_process import complaints, free_port

LOG = """\
2026-11-23 01:43:46.226 WARNING (SyncWorker_0) [homeassistant.loader] We found a \
custom integration habits which has not been tested by Home Assistant
2026-11-23 01:43:46.581 WARNING (MainThread) [aiohttp_fast_zlib] zlib_ng is missing
2026-11-23 01:43:47.183 ERROR (MainThread) [custom_components.habits.run] It failed
Traceback (most recent call last):
2026-11-23 01:43:47.193 INFO (MainThread) [custom_components.habits] All is well
2026-11-23 01:43:48.424 ERROR (MainThread) [homeassistant.setup] Setup failed for \
'habits': no config
2026-11-23 01:43:49.604 WARNING (Recorder) [homeassistant.components.recorder.util] \
The database at /home/x/my_habits/home-assistant_v2.db was not closed
"""


def test_complaints_are_those_about_the_integration(tmp_path: Path) -> None:
    """Its own and those that name it, but not what every custom one hears."""
    console = tmp_path / "console.log"
    console.write_text(LOG, encoding="utf-8")
    assert [line.partition("] ")[2] for line in complaints(console, "habits")] == [
        "It failed",
        "Setup failed for 'habits': no config",
    ]


def test_forms_are_sent_as_they_open() -> None:
    """Defaults, suggestions and sections; what is empty is left out."""
    fields: list[Json] = [
        {"name": "store", "default": "built_in", "required": True},
        {"name": "areas", "default": []},
        {"name": "time", "description": {"suggested_value": "04:05"}},
        {"name": "note", "optional": True},
        {
            "name": "more",
            "type": "expandable",
            "schema": [{"name": "keep", "default": False}],
        },
    ]
    assert suggested(fields) == {
        "store": "built_in",
        "areas": [],
        "time": "04:05",
        "more": {"keep": False},
    }


@pytest.mark.usefixtures("socket_enabled")
def test_another_port_is_taken_when_one_is_not_free() -> None:
    """The one asked for, or any other."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) not in {port, 0}
    assert free_port(port) == port
