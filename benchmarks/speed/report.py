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
#: What a table's periods are called, by what its name begins with, and how many of
#: those are kept after a year.
_KEPT: Final = {
    "daily": ("day", 90),
    "weekly": ("week", 52),
    "monthly": ("month", 12),
    "life": ("Sunday", 52),
    "verdicts": ("day", 90),
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
    names = ("entities", "tracked", "rows of those", "happenings", "patterns")
    keys = ("known", "entities", "tracked_rows", "happenings", "patterns")
    rows = (
        [one.title, *(_number(one.result[key], 0) for key in keys)] for one in measured
    )
    yield from _table(["", *names], rows)


def detectors(measured: Iterable[Measured]) -> Iterator[str]:
    """Yield a table of the processor's seconds that each detector took."""
    nights = list(measured)
    kinds = list(dict.fromkeys(kind for n in nights for kind in n.result["detectors"]))
    rows = (
        [one.title, *(_number(one.result["detectors"].get(k), 2) for k in kinds)]
        for one in nights
    )
    yield from _table(["s of CPU", *kinds], rows)


def share(plain: dict[str, Any], night: Measured) -> str:
    """Return how a night compares with taking in its rows by plain sqlite3."""
    took, own = plain["cpu"]["total"], night.result["cpu"]
    return (
        f"Python's sqlite3 alone takes {took:.2f} s of CPU to hand over the"
        f" {_number(plain['rows'], 0)} rows of that day; reading what is tracked of"
        f" them takes {own['read']:.2f} s, the whole night {own['total']:.2f} s:"
        f" {took / own['total']:.0%} of it would be SQLite's own."
    )


def year(sizes: dict[str, Any]) -> Iterator[str]:
    """Yield a table of what a store takes, by table, now and after a year."""
    rows = [
        (name, *_KEPT[kind], held, sizes["periods"][kind])
        for name, held in sorted(sizes["bytes"].items())
        if (kind := name.partition("_")[0]) in _KEPT and sizes["periods"].get(kind)
    ]
    yield from _table(
        ["table", "a", "kB", "kept after a year", "MB then"],
        [
            *(
                [
                    name,
                    period,
                    _number(held / count / 1000, 1),
                    str(kept),
                    _number(held / count * kept / 1e6, 2),
                ]
                for name, period, kept, held, count in rows
            ),
            ["together", "", "", "", _number(_after_a_year(rows), 1)],
        ],
    )


def _after_a_year(rows: Iterable[tuple[str, str, int, int, int]]) -> float:
    """Return MB."""
    return sum(held / count * kept for _, _, kept, held, count in rows) / 1e6


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
