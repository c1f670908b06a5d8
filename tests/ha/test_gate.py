"""The gate that lets work through one by one."""

import asyncio
import threading

from homeassistant.core import HomeAssistant
import pytest

from custom_components.pattern_intelligence.gate import Gate

PATIENCE_S = 20


class Work:
    """Blocking work that begins and ends when the test says so."""

    def __init__(self) -> None:
        """Begin with nothing done."""
        self.begun = threading.Event()
        self.may_end = threading.Event()
        self.ended = False

    def __call__(self) -> str:
        """Do it."""
        self.begun.set()
        assert self.may_end.wait(PATIENCE_S)
        self.ended = True
        return "done"


async def _async_begun(hass: HomeAssistant, work: Work) -> None:
    assert await hass.async_add_executor_job(work.begun.wait, PATIENCE_S)


async def test_one_by_one(hass: HomeAssistant) -> None:
    """The second begins when the first has ended."""
    gate, first, second = Gate(hass), Work(), Work()
    one = asyncio.create_task(gate.async_run(first))
    other = asyncio.create_task(gate.async_run(second))
    await _async_begun(hass, first)
    assert not second.begun.is_set()
    second.may_end.set()
    first.may_end.set()
    assert await one == await other == "done"


async def test_canceled_work_is_waited_for(hass: HomeAssistant) -> None:
    """However often one cancels, it is over only when the work is."""
    gate, work = Gate(hass), Work()
    task = asyncio.create_task(gate.async_run(work))
    await _async_begun(hass, work)
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0)
        assert not task.done()
    work.may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert work.ended
    assert await gate.async_run(lambda: "next") == "next"


async def test_an_error_opens_it_again(hass: HomeAssistant) -> None:
    """Work that fails does not stand in the way of the next."""
    gate = Gate(hass)

    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await gate.async_run(fail)
    assert await gate.async_run(lambda: "next") == "next"


async def test_closed_and_opened(hass: HomeAssistant) -> None:
    """Nothing passes while it is closed; closing and opening twice does no harm."""
    gate, opened = Gate(hass), list[str]()
    for _ in range(2):
        await gate.async_close(lambda: opened.append("first"))
    waiting = asyncio.create_task(gate.async_run(lambda: "passed"))
    await asyncio.sleep(0)
    assert not waiting.done()
    gate.async_open()
    assert opened == ["first"]
    assert await waiting == "passed"
    gate.async_open()
    assert opened == ["first"]


async def test_opened_while_it_is_being_closed(hass: HomeAssistant) -> None:
    """A backup that is over before the day under way is: nothing stays closed."""
    gate, work, opened = Gate(hass), Work(), list[str]()
    task = asyncio.create_task(gate.async_run(work))
    await _async_begun(hass, work)
    closing = asyncio.create_task(gate.async_close(lambda: opened.append("opened")))
    await asyncio.sleep(0)
    gate.async_open()
    assert opened == ["opened"]
    work.may_end.set()
    await asyncio.gather(task, closing)
    assert await gate.async_run(lambda: "next") == "next"


async def test_closing_that_is_given_up(hass: HomeAssistant) -> None:
    """Whoever stops waiting for it to close has not closed it."""
    gate, work, opened = Gate(hass), Work(), list[str]()
    task = asyncio.create_task(gate.async_run(work))
    await _async_begun(hass, work)
    closing = asyncio.create_task(gate.async_close(lambda: opened.append("opened")))
    await asyncio.sleep(0)
    closing.cancel()
    work.may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert await task == "done"
    assert await gate.async_run(lambda: "next") == "next"
    gate.async_open()
    assert opened == []
