"""What was told and is kept: the life of patterns by Sunday, verdicts by day.

Both are functions of the days learned: told late, or again, they say the same.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta

from .engine.analysis import Detectors, advance
from .engine.civil import day_number, last_sunday, month_of
from .engine.detectors import Judge, LongDetector
from .engine.finding_json import from_json, to_json
from .engine.life import Life
from .engine.pattern import MONTHLY, WEEKLY, Finding, PatternType
from .engine.verdicts import from_text, to_text
from .engine.window import WINDOW_DAYS, Window
from .lookback import Lookback, decoding
from .phases import Phase, Phases
from .stores.base import AggregateStore

RELEARNED_DAYS = 27
"""How far back a day may be learned again: 90 are kept and 63 looked at."""

YOUNG_DAYS = 92
"""Days of history below which monthly detectors look every week."""


MONTHLY_DAYS = 56
"""Days that monthly detectors look at, besides roll-ups.

Of the last end of a month as many are kept, also when the oldest day that may be is
learned again.
"""


class Chronicle:
    """Tells what was not yet told of the days learned, and remembers what was.

    Args:
        store: where it is kept.
        past: what the days look back on.
        detectors: those that are switched on, by type.
        phases: where the time that is spent is added up.

    Attributes:
        past: what the days look back on.
        judges: whether days are judged.
    """

    def __init__(
        self,
        store: AggregateStore,
        past: Lookback,
        detectors: Detectors,
        phases: Phases,
    ) -> None:
        """Take the parts; nothing is read yet."""
        self.past = past
        self.judges = True
        self._store = store
        self._detectors = detectors
        self._phases = phases
        self._read: tuple[str | None, Life] = None, Life()

    def tell(self, first: date, last: date) -> Life:
        """Tell what was not yet told of the days up to one; return the life as of it.

        Args:
            first: the first day learned.
            last: a day learned.
        """
        judge = self._detectors.get(PatternType.ANOMALY)
        if self.judges and isinstance(judge, Judge):
            self._judge(judge, first, last)
        return self._fold(first, last)

    def _fold(self, first: date, last: date) -> Life:
        """Tell the Sundays not yet told; return the life as of the last one."""
        sunday, life = self._life(last)
        following = (sunday or last_sunday(first - timedelta(days=1))) + timedelta(7)
        while following <= last:
            if window := self.past.view(following):
                standing = self._standing(following, life, anew=True)
                life = advance(
                    window,
                    self.past.home,
                    self._detectors,
                    replace(life, standing=tuple(map(to_json, standing))),
                    self.past.found(following, standing),
                    following,
                )
            with self._phases.of(Phase.STORE):
                self._store.write_life(following, life.to_text())
            following += timedelta(days=7)
        return life

    def _life(self, last: date) -> tuple[date | None, Life]:
        """Return the newest life that is told of a day or of one before it."""
        with self._phases.of(Phase.STORE):
            stored = self._store.read_life(last)
        if not stored:
            return None, Life()
        sunday, text = stored
        if self._read[0] != text:
            with decoding():
                self._read = text, Life.from_text(text, self.past.home.resolve)
        return sunday, self._read[1]

    def _judge(self, judge: Judge, first: date, last: date) -> None:
        """Judge the days not yet judged that can still be looked back on.

        Each before detectors look at it, so that the window they look at needs not be
        held beside the one it is judged in.
        """
        newest = self._store.learned()[-1].day
        oldest = newest - timedelta(days=RELEARNED_DAYS - 1)
        judged = self._store.read_verdicts(oldest, last)
        for mark in self._store.learned():
            if not oldest <= mark.day <= last or mark.day in judged:
                continue
            life = self._fold(first, mark.day - timedelta(days=1))
            window = self.past.whole(mark.day)
            assert window is not None
            verdicts = judge.judge(window, life.claims, self.past.home)
            del window
            with self._phases.of(Phase.STORE):
                self._store.write_verdicts(mark.day, to_text(verdicts))

    def found(self, last: date, life: Life) -> Sequence[Finding]:
        """Return what all detectors say as of the end of a day.

        Args:
            last: the day.
            life: as of the last Sunday that is not after it.
        """
        return self.past.found(last, self._standing(last, life))

    def _standing(self, last: date, life: Life, *, anew: bool = False) -> list[Finding]:
        """Return what the weekly and monthly detectors found when they last looked.

        Args:
            last: the day that this is as of.
            life: as of the last Sunday, or, on a Sunday that is told, the one before.
            anew: whether it is a Sunday that is told.
        """
        with decoding():
            kept = [
                from_json(stored, self.past.home.resolve, self.past.home)
                for stored in life.standing
            ]
        month = self._month_stands(last)
        sunday = last_sunday(last)
        before = sunday - timedelta(days=7) if anew else sunday
        looks = {
            **(self._looked(WEEKLY, sunday) if anew else {}),
            **(self._looked(MONTHLY, month) if month > before else {}),
        }
        return [
            *(found for found in kept if found.type not in looks),
            *(found for kind in self._detectors for found in looks.get(kind, ())),
        ]

    def _looked(
        self, kinds: Collection[PatternType], day: date
    ) -> dict[PatternType, Sequence[Finding]]:
        """Return what weekly or monthly detectors find as of a day, by type.

        Those that look further back share what they look at.
        """
        found: dict[PatternType, Sequence[Finding]] = dict.fromkeys(kinds, ())
        asked = [own for kind, own in self._detectors.items() if kind in kinds]
        far = [own for own in asked if isinstance(own, LongDetector)]
        near = [own for own in asked if not isinstance(own, LongDetector)]
        if far and (window := self._month(day)):
            history = self.past.history(day)
            for long in far:
                found[long.type] = long.detect_long(window, history, self.past.home)
        if near and (window := self.past.view(day)):
            for detector in near:
                found[detector.type] = detector.detect(window, self.past.home)
        return found

    def _month(self, day: date) -> Window | None:
        """Return the days up to one that monthly detectors look at, if there are any.

        On a Sunday they are a part of what is looked at anyway.
        """
        first = day - timedelta(days=MONTHLY_DAYS - 1)
        if day != last_sunday(day):
            return self.past.window(first, day)
        window = self.past.view(day)
        if window is None or window.last_day < first:
            return None
        return window.since(day_number(first))

    def _month_stands(self, last: date) -> date:
        """Return the day that monthly detectors look at: the last end of a month.

        Or the last Sunday, while the home is young.
        """
        learned = sum(mark.day <= last for mark in self._store.learned())
        if learned < YOUNG_DAYS:
            return last_sunday(last)
        return month_of(last + timedelta(days=1)) - timedelta(days=1)

    def verdicts(self, last: date) -> list[Finding]:
        """Return what was out of the ordinary on the days looked at."""
        if PatternType.ANOMALY not in self._detectors:
            return []
        first = last - timedelta(days=WINDOW_DAYS - 1)
        with self._phases.of(Phase.STORE):
            texts = self._store.read_verdicts(first, last).values()
        with decoding():
            return [
                found
                for text in texts
                for found in from_text(text, self.past.home.resolve, self.past.home)
                if all(self.past.admits(key.entity_id) for key in found.entities)
            ]
