"""What the demonstration knows of Home Assistant, apart from running it."""

import asyncio
from pathlib import Path
import socket

from aiohttp import web
from aiohttp.test_utils import TestServer
import pytest

from scripts.tools.hass_client import HassClient, HassError, Json, suggested
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


@pytest.mark.usefixtures("socket_enabled")
async def test_the_connection_lasts_while_nothing_is_asked() -> None:
    """Home Assistant asks now and then whether anybody is there, and is answered."""

    async def answer(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=0.1)
        await socket.prepare(request)
        await socket.send_json({"type": "auth_required"})
        await socket.receive_json()
        await socket.send_json({"type": "auth_ok"})
        async for message in socket:
            call = message.json()
            if call["type"] == "hang_up":
                break
            good = {"id": call["id"], "type": "result", "success": True, "result": 7}
            await socket.send_json({"id": call["id"], "type": "event"})
            await socket.send_json(good)
        return socket

    app = web.Application()
    app.router.add_get("/api/websocket", answer)
    async with (
        TestServer(app) as server,
        HassClient(str(server.make_url(""))) as client,
    ):
        await client.resume({"access_token": "token"})
        await asyncio.sleep(0.5)
        assert await client.call("anything") == 7
        with pytest.raises(HassError, match="hung up"):
            await client.call("hang_up")
        with pytest.raises(HassError, match="hung up"):
            await client.call("anything")
