"""Prints what was measured as tables, in Markdown that reads well as it is."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from .measures import Measured

_PHASES: Final = {
    "read": "read",
    "aggregate": "summarize",
    "store": "store",
    "detect": "detect",
    "total": "total",
}
#: What a layer's bytes are of, and how many of those are kept after a year.
_KEPT: Final = {
    "daily": ("day", 90),
    "weekly": ("week", 52),
    "monthly": ("month", 12),
    "life": ("Sunday's life", 52),
}


def costs(measured: Iterable[Measured]) -> Iterator[str]:
    """Yield a table of seconds, and below of the processor's, and of MB above idle."""
    yield from _table(
        ["", "", *_PHASES.values(), "budget"],
        (row for one in measured for row in _rows(one)),
    )


def _rows(one: Measured) -> Iterator[list[str]]:
    seconds, cpu = one.result["seconds"], one.result["cpu"]
    passed = (_number(seconds.get(phase), 2) for phase in _PHASES)
    worked = (_number(cpu.get(phase), 2) for phase in _PHASES)
    yield [one.title, "s", *passed, _number(one.seconds, 1)]
    yield ["", "s of CPU", *worked, ""]
    if memory := one.result["peak_mb"]:
        peaks = (_number(memory.get(phase), 0) for phase in _PHASES)
        yield ["", "MB", *peaks, _number(one.memory, 0)]


def facts(measured: Iterable[Measured]) -> Iterator[str]:
    """Yield a table of what the nights were like."""
    names = ("rows of tracked entities", "tracked", "happenings", "patterns")
    keys = ("tracked_rows", "entities", "happenings", "patterns")
    rows = [
        [one.title, *(_number(one.result[key], 0) for key in keys)]
        + [_number(one.result["detectors"].get(kind), 2) for kind in _detectors(one)]
        for one in measured
    ]
    first = next(iter(measured))
    yield from _table(["", *names, *(f"{k}, s" for k in _detectors(first))], rows)


def _detectors(one: Measured) -> Sequence[str]:
    return tuple(one.result["detectors"])


def share(plain: dict[str, Any], night: Measured) -> str:
    """Return how a night compares with taking in its rows by plain sqlite3."""
    took, own = plain["cpu"]["total"], night.result["cpu"]
    return (
        f"Python's sqlite3 alone takes {took:.2f} s of CPU to hand over the"
        f" {_number(plain['rows'], 0)} rows of that day; reading what is tracked of"
        f" them takes {own['read']:.2f} s, the whole night {own['total']:.2f} s:"
        f" {took / own['total']:.0%} of it would be SQLite's own."
    )


def year(sizes: dict[str, Any]) -> str:
    """Return how large a store is after 90 days, and after a year."""
    each = {
        layer: size / max(sizes["counts"][layer], 1)
        for layer, size in sizes["bytes"].items()
    }
    held = sum(sizes["bytes"].values())
    later = sum(each[layer] * count for layer, (_, count) in _KEPT.items())
    parts = ", ".join(
        f"{each[layer] / 1000:.0f} kB a {name}" for layer, (name, _) in _KEPT.items()
    )
    return f"{held / 1e6:.1f} MB after 90 days, {later / 1e6:.1f} MB after a year ({parts})"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
    for number, line in enumerate(lines):
        cells = [
            cell.ljust(width) if at < 2 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        yield f"| {' | '.join(cells)} |"
        if number == 0:
            dashes = [
                "-" * width if at < 2 else "-" * (width - 1) + ":"
                for at, width in enumerate(widths)
            ]
            yield f"| {' | '.join(dashes)} |"


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:,.{digits}f}".replace(",", " ")
