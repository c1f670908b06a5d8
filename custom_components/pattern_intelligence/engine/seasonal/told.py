"""What is told of a trend or a swing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from ..civil import DAY_MINUTES, circular_minutes, clock, date_of
from ..history import History
from ..home import Home
from ..pattern import Evidence, Finding, Json, PatternType, Provenance, When
from ..sums import HAPPENINGS_SUM, TIMES_SUM
from ..sun import Position
from ..tables import Numbers
from .ahead import confidence_of, expected_next, opposite, slope_bounds
from .axes import WEEK_DAYS
from .doubts import bounds, swing
from .questions import Answer
from .series import Measure, Subject, Tables
from .times import recent_times, rows_of

SEASONS: Final = ("winter", "spring", "summer", "autumn")
_HALF_YEAR: Final = 2
"""Seasons by which the southern half of the world is off."""

_HALF: Final = 0.5
"""Share of what is explained at all that no change would explain as well."""

_RECENT: Final = {"week": 4, "month": 1}
"""Periods that the last four weeks or so are."""


def finding_of(
    answer: Answer, history: History, home: Home, also: Sequence[Answer]
) -> Finding:
    """Return what is reported of an answer.

    Args:
        answer: the answer.
        history: the sums it was found in.
        home: the context.
        also: answers of the same device that say the same.
    """
    question = answer.question
    series, subject = question.series, _subject(answer)
    known = np.flatnonzero(np.isfinite(series.values[answer.row]))
    matched = _follows(answer, known)
    days = series.days[answer.row]
    eligible = int(days[known].sum())
    tables = history.weeks if series.axis.period == "week" else history.months
    others = dict.fromkeys(_subject(one).key.entity_id for one in also)
    return Finding(
        type=PatternType.SEASONAL,
        entities=(subject.key,),
        area_ids=home.area_ids(subject.key.entity_id),
        confidence=confidence_of(answer),
        evidence=Evidence(
            eligible,
            int(days[matched].sum()),
            _occurrences(answer, known),
            eligible * _HALF,
            None,
            answer.p_value,
            answer.q_value,
        ),
        provenance=provenance_of(subject, series.axis.start, tables, home),
        eligible=series.axis.start[known],
        matched=series.axis.start[matched],
        times=np.zeros(0),
        when=_when(answer, tables, home),
        context=_context(answer, home),
        details={
            **_details(answer),
            "companions": [
                {"entity_id": entity_id}
                for entity_id in others
                if entity_id != subject.key.entity_id
            ],
        },
    )


def _subject(answer: Answer) -> Subject:
    return answer.question.series.subjects[answer.row]


def _follows(answer: Answer, known: np.ndarray[tuple[int], Any]) -> Numbers:
    """Return the periods that are nearer to what is stated than to no change."""
    question = answer.question
    mean = question.mean[answer.row]
    fitted = question.design[known] @ mean
    stated = question.design[known, question.tested] @ mean[question.tested]
    y = question.series.values[answer.row, known]
    near: Numbers = known[np.abs(y - fitted) < np.abs(y - fitted + stated)]
    return near if near.size else known[-1:]


def _occurrences(answer: Answer, known: np.ndarray[tuple[int], Any]) -> int:
    series = answer.question.series
    days = series.days[answer.row, known]
    if series.measure == "count":
        return round(float((series.values[answer.row, known] ** 2 * days).sum()))
    return int(days.sum())


def provenance_of(
    subject: Subject, periods: Numbers, tables: Tables, home: Home
) -> Provenance:
    """Return who did something in some periods; meters count by themselves."""
    happened = tables.get(HAPPENINGS_SUM.name)
    if happened is None or not subject.key.state:
        return Provenance(0.0, 1.0, 0.0)
    ids, states = happened.table.texts("entity_id"), happened.table.texts("state")
    rows = rows_of(
        subject.key, ids, states, np.isin(happened.day, periods), home.resolve
    )
    count, user, automation = (
        int(happened.table.numbers(name)[rows].sum())
        for name in ("count", "user", "automation")
    )
    total = max(count, 1)
    return Provenance(
        user / total, max(total - user - automation, 0) / total, automation / total
    )


def _when(answer: Answer, tables: Tables, home: Home) -> When | None:
    """Return the time expected next, and between which it was of late."""
    series, subject = answer.question.series, _subject(answer)
    if subject.anchor is None:
        return None
    expected = expected_next(answer)
    newest = series.axis.start[-_RECENT[series.axis.period]]
    minutes = recent_times(tables[TIMES_SUM.name], int(newest), home.resolve, subject)
    around = expected + circular_minutes(minutes - expected)
    if not around.size:
        around = np.array([expected])
    earliest, latest = np.percentile(around, [10, 90]).tolist()
    return When(
        float(np.clip(expected, earliest, latest)) % DAY_MINUTES,
        earliest % DAY_MINUTES,
        latest % DAY_MINUTES,
        subject.anchor,
    )


def _context(answer: Answer, home: Home) -> Json:
    """Return the contract's condition, with how much it moves."""
    question = answer.question
    measure = question.series.measure
    low, high = bounds(answer)
    if question.kind == "season":
        told: Json = {"kind": "season", "of": measure}
        if home.position is not None:
            told["season"] = season_of(answer, home.position)
        if measure == "time":
            return {**told, "minutes": round(high - low)}
        return {**told, "percent": _percent(low, high)}
    weeks = _weeks(answer)
    told = {"kind": "trend", "of": measure}
    if measure == "time":
        return {**told, "minutes_per_week": round((high - low) / weeks, 2)}
    return {**told, "percent_per_week": round(_percent(low, high) / weeks, 2)}


def _percent(begin: float, end: float) -> float:
    """Return a change as a share of the middle, per cent."""
    return round(100 * (end - begin) / ((begin + end) / 2), 1)


def _weeks(answer: Answer) -> float:
    """Return how many weeks lie between a trend's first and its last period."""
    series = answer.question.series
    known = np.flatnonzero(np.isfinite(series.values[answer.row]))
    weeks = series.axis.weeks
    return float(weeks[known[-1]] - weeks[known[0]])


def quarter_of(answer: Answer) -> int:
    """Return the quarter in which a swing is highest: 0 from December on."""
    return date_of(int(swing(answer).argmax())).month % 12 // 3


def season_of(answer: Answer, position: Position) -> str:
    """Return the season in which a swing is highest: latest, longest, most."""
    place = quarter_of(answer)
    if position.latitude < 0:
        place += _HALF_YEAR
    return SEASONS[place % len(SEASONS)]


def _details(answer: Answer) -> Mapping[str, Any]:
    """Return from where to where it moves, in figures that people know."""
    question = answer.question
    measure = question.series.measure
    low, high = (_figure(measure, value) for value in bounds(answer))
    unit = {"unit": _UNITS[measure] or f"{_subject(answer).unit}/d"}
    if question.kind == "season":
        curve = swing(answer)
        at, rises = opposite(answer)
        return {
            "swing": {
                "high": high,
                "high_month": date_of(int(curve.argmax())).month,
                "low": low,
                "low_month": date_of(int(curve.argmin())).month,
                "months": int(np.isfinite(question.series.values[answer.row]).sum()),
                "next": "above" if rises else "below",
                "than": date_of(question.series.axis.start[at]).isoformat()[:7],
                **unit,
            }
        }
    slowest, fastest = slope_bounds(answer)
    slope = float(question.mean[answer.row, 1])
    shares = sorted((slowest / slope, fastest / slope))
    return {
        "trend": {
            "from": low,
            "to": high,
            "weeks": round(_weeks(answer)) + 1,
            "at_least": round(shares[0], 3),
            "at_most": round(shares[1], 3),
            **unit,
        }
    }


_UNITS: Final[Mapping[Measure, str]] = {
    "time": "clock",
    "duration": "s",
    "count": "1/wk",
    "consumption": "",
}


def _figure(measure: Measure, value: float) -> str | float:
    if measure == "time":
        return clock(value)
    if measure == "count":
        value *= WEEK_DAYS
    return float(f"{value:.4g}")
