"""A report as a person likes to read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
import textwrap
from typing import Any, Final

type Json = Mapping[str, Any]

HEADINGS: Final = {
    "time_of_day": "Times of day",
    "co_occurrence": "One thing after another",
    "sequence": "Sequences",
    "room_based": "Rooms",
    "duration": "Durations",
    "anomaly": "Out of the ordinary",
    "session": "Sessions",
    "day_type": "Kinds of day",
    "contextual": "Circumstances",
    "seasonal": "Seasons",
}
_NARROWEST: Final = 24
_UNREMARKABLE: Final = "active"


def render(report: Json, width: int) -> str:
    """Return a report as text.

    Args:
        report: the contract's object.
        width: columns to keep to.
    """
    lines = [*_home(report["home"]), *_patterns(report["patterns"], width)]
    lines += _notes("Nothing to report", report["not_yet"], width)
    checked = {
        kind: (
            f"said {record['stated']:.0%}, happened {record['happened']:.0%} "
            f"of {record['claims']} times"
        )
        for kind, record in report["track_record"].items()
    }
    lines += _notes("What was told and what then happened", checked, width)
    return "\n".join(lines)


def _home(home: Json) -> Iterator[str]:
    if not home["days"]:
        yield "No complete day of history yet, so no pattern."
        return
    yield (
        f"{home['days']} days from {home['first_day']} to {home['last_day']} "
        f"({home['time_zone']}): {home['events']:,} events of "
        f"{home['entities']} entities"
    )


def _patterns(patterns: Sequence[Json], width: int) -> Iterator[str]:
    order = {kind: place for place, kind in enumerate(HEADINGS)}
    by_type = sorted(patterns, key=lambda pattern: order[pattern["type"]])
    for kind, group in groupby(by_type, key=lambda pattern: pattern["type"]):
        found = list(group)
        yield ""
        yield f"{HEADINGS[kind]} ({len(found)})"
        cells = [_cells(pattern) for pattern in found]
        timing = max(len(cell[1]) for cell in cells)
        days = max(len(cell[3]) for cell in cells)
        room = max(width - timing - days - 12, _NARROWEST)
        title = min(max(len(cell[2]) for cell in cells), room)
        for sure, when, what, on, remark in cells:
            folded = textwrap.wrap(what + remark, max(title, _NARROWEST)) or [""]
            yield f"  {sure}  {when:<{timing}}  {folded[0]:<{title}}  {on:>{days}}"
            indent = " " * (timing + 10)
            yield from (indent + more for more in folded[1:])


def _cells(pattern: Json) -> tuple[str, str, str, str, str]:
    """Return how sure it is, its timing, its title, its days and a remark."""
    evidence = pattern["evidence"]
    remarks = [pattern["status"]] if pattern["status"] != _UNREMARKABLE else []
    if pattern["automated_by"]:
        remarks.append("automated")
    return (
        f"{pattern['confidence']:>4.0%}",
        _timing(pattern),
        pattern["title"],
        f"{evidence['days_matched']} of {evidence['days_eligible']} days",
        f" [{', '.join(remarks)}]" if remarks else "",
    )


def _timing(pattern: Json) -> str:
    """Return the time, lag or duration that a pattern states."""
    if when := pattern["when"]:
        date = f"{when['date']} " if when["date"] else ""
        return f"{date}{when['earliest']}–{when['latest']}"
    if lag := pattern["lag_s"]:
        return f"after {span(lag['median'])} ({span(lag['p10'])}–{span(lag['p90'])})"
    if lasting := pattern["duration_s"]:
        return f"for {span(lasting['median'])}"
    return ""


def span(seconds: float) -> str:
    """Return a length of time in the unit that suits it.

    Args:
        seconds: how long.
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 6000:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def _notes(heading: str, notes: Mapping[str, str], width: int) -> Iterator[str]:
    """Yield a sentence for each type, under a heading."""
    if not notes:
        return
    yield ""
    yield heading
    for kind, note in notes.items():
        yield from textwrap.wrap(
            f"{HEADINGS.get(kind, kind)}: {note}",
            width,
            initial_indent="  ",
            subsequent_indent="    ",
        )
