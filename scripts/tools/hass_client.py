"""A client of Home Assistant that does what its pages do: REST and WebSocket."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any, Final, Self

import aiohttp

type Json = dict[str, Any]

_TIMEOUT: Final = aiohttp.ClientTimeout(total=60)


class HassError(Exception):
    """Home Assistant refused something. Its text says what, and why."""


class HassClient:
    """Talks to one Home Assistant.

    Args:
        url: where it answers, without a slash at the end.
    """

    def __init__(self, url: str) -> None:
        """Connect to nothing yet."""
        self.url = url
        self._client_id = f"{url}/"
        self._session = aiohttp.ClientSession(timeout=_TIMEOUT)
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._listening: asyncio.Task[None] | None = None
        self._answers: dict[int, asyncio.Future[Json]] = {}
        self._calls = 0
        self.tokens: Json = {}

    async def __aenter__(self) -> Self:
        """Return itself."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close all connections."""
        if self._socket:
            await self._socket.close()
        if self._listening:
            await self._listening
        await self._session.close()

    async def is_up(self) -> bool:
        """Tell whether it answers already."""
        try:
            async with self._session.get(f"{self.url}/manifest.json") as response:
                return response.status == 200
        except aiohttp.ClientError, TimeoutError:
            return False

    async def onboard(self, name: str, username: str, password: str) -> None:
        """Create the first user, and log in as that user.

        Raises:
            HassError: there is a user already, or the name is refused.
        """
        answer = await self.post(
            "/api/onboarding/users",
            {
                "name": name,
                "username": username,
                "password": password,
                "client_id": self._client_id,
                "language": "en",
            },
        )
        await self._take_token(answer["auth_code"])

    async def _take_token(self, code: str) -> None:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": self._client_id,
        }
        async with self._session.post(f"{self.url}/auth/token", data=form) as response:
            await self.resume(await _answer(response))

    async def resume(self, tokens: Json) -> None:
        """Go on as somebody who has logged in before.

        Args:
            tokens: as they were given then; good for half an hour.

        Raises:
            HassError: they are refused.
        """
        self.tokens = tokens
        self._session.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        await self._connect()

    async def _connect(self) -> None:
        self._socket = await self._session.ws_connect(
            f"{self.url}/api/websocket", max_msg_size=0
        )
        await self._socket.receive_json()
        await self._socket.send_json(
            {"type": "auth", "access_token": self.tokens["access_token"]}
        )
        answer = await self._socket.receive_json()
        if answer["type"] != "auth_ok":
            raise HassError(f"the login was refused: {answer.get('message')}")
        self._listening = asyncio.create_task(self._listen(self._socket))

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Hand answers to whoever waits for them, until the connection ends.

        It is read from all the time: else nobody answers when Home Assistant asks
        whether anybody is there, and it hangs up.
        """
        async for message in socket:
            answer = message.json()
            if answer["type"] == "result" and answer["id"] in self._answers:
                self._answers.pop(answer["id"]).set_result(answer)
        for answered in self._answers.values():
            answered.set_exception(HassError("Home Assistant has hung up"))
        self._answers.clear()

    async def get(self, path: str) -> Any:
        """Return what a path answers.

        Raises:
            HassError: the answer is an error.
        """
        async with self._session.get(f"{self.url}{path}") as response:
            return await _answer(response)

    async def delete(self, path: str) -> None:
        """Delete what a path stands for.

        Raises:
            HassError: the answer is an error.
        """
        async with self._session.delete(f"{self.url}{path}") as response:
            await _answer(response)

    async def post(self, path: str, body: Json) -> Json:
        """Send a body to a path and return the answer.

        Raises:
            HassError: the answer is an error.
        """
        async with self._session.post(f"{self.url}{path}", json=body) as response:
            return await _answer(response)

    async def call(self, kind: str, **arguments: Any) -> Any:
        """Send a WebSocket command and return its result.

        Raises:
            HassError: the command failed.
        """
        assert self._socket is not None
        if self._socket.closed:
            raise HassError("Home Assistant has hung up")
        self._calls += 1
        answered = asyncio.get_running_loop().create_future()
        self._answers[self._calls] = answered
        await self._socket.send_json({"id": self._calls, "type": kind, **arguments})
        answer: Json = await answered
        if not answer["success"]:
            raise HassError(f"{kind} failed: {answer['error'].get('message')}")
        return answer["result"]

    async def respond(self, domain: str, service: str, **data: Any) -> Json:
        """Call a service and return its response.

        Raises:
            HassError: the call failed.
        """
        result = await self.call(
            "call_service",
            domain=domain,
            service=service,
            service_data=data,
            return_response=True,
        )
        response: Json = result["response"]
        return response

    async def state(self, entity_id: str) -> Json:
        """Return the state of an entity.

        Raises:
            HassError: there is none of that id.
        """
        async with self._session.get(f"{self.url}/api/states/{entity_id}") as response:
            return await _answer(response)

    async def add_integration(self, domain: str) -> str:
        """Go through a config flow, taking what each of its forms suggests.

        Args:
            domain: the integration's.

        Returns:
            The id of the new config entry.

        Raises:
            HassError: the flow was aborted or shows an error.
        """
        path = "/api/config/config_entries/flow"
        step = await self.post(
            path, {"handler": domain, "show_advanced_options": False}
        )
        while step["type"] == "form":
            if step["errors"]:
                raise HassError(f"the form {step['step_id']} shows {step['errors']}")
            step = await self.post(
                f"{path}/{step['flow_id']}", suggested(step["data_schema"])
            )
        if step["type"] != "create_entry":
            raise HassError(
                f"the config flow ended in {step['type']}: {step.get('reason')}"
            )
        entry_id: str = step["result"]["entry_id"]
        return entry_id


def suggested(fields: list[Json]) -> Json:
    """Return what a form holds when it opens, as the page would send it.

    Args:
        fields: its schema, as the flow hands it over.
    """
    values: Json = {}
    for field in fields:
        if field.get("type") == "expandable":
            values[field["name"]] = suggested(field["schema"])
        elif "default" in field:
            values[field["name"]] = field["default"]
        elif value := field.get("description", {}).get("suggested_value"):
            values[field["name"]] = value
    return values


async def _answer(response: aiohttp.ClientResponse) -> Json:
    if response.status >= 400:
        text = (await response.text()).strip()[:300]
        raise HassError(f"{response.url.path} answered {response.status}: {text}")
    answer: Json = await response.json()
    return answer
