"""What was out of the ordinary on a day, once it is over.

A day is put to many tests: whether a thing was used too often or too rarely, at an hour
it never is, was left on, fell silent, became unavailable, or was missed though it never
is. Each test knows how probable its outcome was; all of them together may raise no more
false alarms than the budget of a month. What goes wrong together is told together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from ..anomaly.alarms import Alarm, alarms_of
from ..anomaly.budget import MONTH_DAYS
from ..anomaly.day_counts import FEWEST_DAYS
from ..anomaly.suspects import OddKind
from ..civil import DAY_MS, date_of
from ..claim import Claim
from ..eligibility import NEEDED_SHARE
from ..evidence import Tally
from ..home import Home
from ..pattern import Evidence, Finding, PatternType, Provenance, When
from ..provenance import AUTOMATION, USER
from ..sentence import Sentence
from ..window import Window

FIRST_JUDGED: Final = 14
"""Past days before anything is: what is left on is known earlier than other things."""

_MORE: Final = frozenset({OddKind.TOO_MANY, OddKind.ODD_HOUR})
_LESS: Final = frozenset(
    {OddKind.TOO_FEW, OddKind.SILENT, OddKind.MISSED, OddKind.UNAVAILABLE}
)
_SIDES: Final = (_MORE, _LESS, frozenset({OddKind.LEFT_ON}))
"""What may have one cause: a party, a power cut, somebody who left in a hurry."""


class Anomaly:
    """Judges days that are over."""

    type = PatternType.ANOMALY

    def detect(self, window: Window, home: Home) -> Sequence[Finding]:
        """Return nothing: days are judged one by one, each when it is over."""
        return ()

    def judge(
        self, window: Window, habits: Sequence[Claim], home: Home
    ) -> Sequence[Finding]:
        """Return what was out of the ordinary on the window's last day.

        What came together is one finding, which names all of it; the strongest first.

        Args:
            window: that day, and the days before it that it is judged by.
            habits: what was claimed as of the last Sunday before it.
            home: the context.
        """
        recorded = float(window.recorded[-1].mean())
        if window.days.size <= FIRST_JUDGED or recorded < NEEDED_SHARE:
            return ()
        strongest: dict[str, Alarm] = {}
        for alarm in sorted(alarms_of(window, habits, home), key=_strength):
            strongest.setdefault(alarm.suspect.key.entity_id, alarm)
        groups = [
            [alarm for alarm in strongest.values() if alarm.suspect.kind in side]
            for side in _SIDES
        ]
        return tuple(
            _finding(window, home, group)
            for group in sorted(filter(None, groups), key=lambda own: _strength(own[0]))
        )

    def tally(
        self, claim: Claim | Finding, window: Window, home: Home, since: int
    ) -> Tally:
        """Return nothing: of a day that is over nothing more can be checked."""
        return Tally(0, 0)

    def waits_for(self, window: Window, home: Home) -> Sentence:
        """Return why nothing is found."""
        days = window.days.size - 1
        if days < FEWEST_DAYS:
            return Sentence.of(
                "anomaly.waits.days", needed=FEWEST_DAYS, days=max(days, 0)
            )
        return Sentence.of("anomaly.waits.nothing")


def _strength(alarm: Alarm) -> tuple[float, str, str]:
    return alarm.monthly, alarm.suspect.key.entity_id, alarm.suspect.kind


def _finding(window: Window, home: Home, group: Sequence[Alarm]) -> Finding:
    """Return what is reported of alarms that came together, the strongest first."""
    leader = group[0].suspect
    day = int(window.days[-1])
    earliest, time, latest = leader.span
    chance = min(1.0, group[0].chance)
    return Finding(
        PatternType.ANOMALY,
        tuple(alarm.suspect.key for alarm in group),
        home.area_ids(*(alarm.suspect.key.entity_id for alarm in group)),
        max(0.0, 1.0 - group[0].monthly),
        # It is of its one day: how probable was that on such a day?
        Evidence(
            1,
            1,
            max(1, round(leader.seen)) if leader.kind in _MORE else 1,
            chance,
            None,
            chance,
            min(1.0, group[0].monthly / MONTH_DAYS),
        ),
        _provenance(window, leader.key.entity_id, day),
        np.array([day]),
        np.array([day]),
        np.zeros(0),
        When(
            time,
            earliest,
            latest,
            weekdays=(date_of(day).weekday(),),
            day=date_of(day),
        ),
        duration_s=leader.duration,
        context={"kind": leader.kind.value},
        details=_facts(group[0]) | {"others": [_named(own) for own in group[1:]]},
    )


def _facts(alarm: Alarm) -> dict[str, Any]:
    """Return what was expected and what was seen, for the JSON."""
    suspect = alarm.suspect
    return {
        "kind": suspect.kind.value,
        "expected": float(f"{suspect.expected:.4g}"),
        "seen": float(f"{suspect.seen:.4g}"),
        "unit": "seconds" if suspect.kind is OddKind.LEFT_ON else "uses",
        "days": int(suspect.days.size),
        **suspect.more,
    }


def _named(alarm: Alarm) -> dict[str, Any]:
    key = alarm.suspect.key
    return {
        "entity_id": key.entity_id,
        "state": key.state or None,
        **_facts(alarm),
    }


def _provenance(window: Window, entity_id: str, day: int) -> Provenance:
    """Return who caused what an entity did on a day; its device, where it did nothing."""
    rows = [
        np.arange(window.key_edges[at], window.key_edges[at + 1])
        for at, key in enumerate(window.keys)
        if key.entity_id == entity_id
    ]
    own = np.concatenate([*rows, np.zeros(0, np.int64)]).astype(np.int64)
    cause = window.cause[own[window.wall[own] // DAY_MS == day]]
    if not cause.size:
        return Provenance(0.0, 1.0, 0.0)
    automation = float((cause >= AUTOMATION).mean())
    user = float((cause == USER).mean())
    return Provenance(user, max(1 - user - automation, 0.0), automation)
