"""Words for entities, states, days and spans, with the names that people gave them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ..home import MOVEMENT, Home
from ..pattern import WEEKDAYS, DayKind
from ..sentence import Sentence
from ..window import Key

_OPENINGS = frozenset({"door", "garage_door", "opening", "window"})


class Words:
    """Puts what findings are made of into words.

    Args:
        home: whose names are used.
        phrases: the phrases of a language, by name.
    """

    def __init__(self, home: Home, phrases: Mapping[str, str]) -> None:
        """Take the home and the language."""
        self._home = home
        self._phrases = phrases

    def say(self, phrase: str, **values: object) -> str:
        """Return a phrase with its placeholders filled.

        Args:
            phrase: its name.
            values: by placeholder; of fractions, one digit is said.
        """
        said = {
            name: self.number(value) if isinstance(value, float) else value
            for name, value in values.items()
        }
        return self._phrases[phrase].format_map(said)

    def told(self, sentence: Sentence) -> str:
        """Return a sentence in the language."""
        return self.say(sentence.phrase, **sentence.values)

    def number(self, value: float) -> str:
        """Return a number with one digit after the point, or what stands for it."""
        return f"{value:.1f}".replace(".", self._phrases["number.point"])

    def date(self, day: date) -> str:
        """Return a date as it is written."""
        year, month, of_month = day.isoformat().split("-")
        return self.say("date", year=year, month=month, day=of_month)

    def name(self, entity_id: str) -> str:
        """Return what people call an entity, or its id made readable."""
        given = self._home.entity(entity_id).name
        return given or entity_id.partition(".")[2].replace("_", " ").capitalize()

    def area(self, area_id: str) -> str:
        """Return what people call an area, or its id made readable."""
        known = self._home.areas.get(area_id)
        return known.name if known else area_id.replace("_", " ").capitalize()

    def entered(self, key: Key) -> str:
        """Return what happens when an entity enters a state."""
        for name in self._kinds(key):
            if f"entered.{name}" in self._phrases:
                return self.say(f"entered.{name}", name=self.name(key.entity_id))
        return self.say("entered.other", name=self.name(key.entity_id), state=key.state)

    def lasting(self, key: Key) -> str:
        """Return what an entity is while it is in a state."""
        for name in self._kinds(key):
            if f"lasts.{name}" in self._phrases:
                return self.say(f"lasts.{name}")
        return self.say("lasts.other", state=key.state)

    def _kinds(self, key: Key) -> tuple[str, ...]:
        """Return what phrases about a state go by, the most special first."""
        entity = self._home.entity(key.entity_id)
        kind = entity.device_class
        kind = "door" if kind in _OPENINGS else "motion" if kind in MOVEMENT else ""
        return (
            f"{entity.domain}.{kind}.{key.state}",
            f"{entity.domain}.{key.state}",
            key.state,
        )

    def days(self, weekdays: tuple[int, ...], day_kind: DayKind = "any") -> str:
        """Return the days on which something holds, as a person says them."""
        if day_kind != "any":
            return self.say(f"days.{day_kind}")
        if len(weekdays) == len(WEEKDAYS):
            return self.say("days.every")
        if weekdays == (0, 1, 2, 3, 4):
            return self.say("days.weekdays")
        if weekdays == (5, 6):
            return self.say("days.weekends")
        names = [self.say(f"day.{WEEKDAYS[day]}") for day in weekdays]
        return self.say("days.some", days=self.listed(names))

    def listed(self, names: list[str]) -> str:
        """Return names as a list in a sentence."""
        if len(names) < 2:
            return "".join(names)
        return self.say("list.and", first=", ".join(names[:-1]), last=names[-1])

    def span(self, seconds: float) -> str:
        """Return a span of time, rounded as a person would."""
        if seconds < 120:
            return self.say("span.seconds", count=round(seconds))
        if seconds < 7200:
            return self.say("span.minutes", count=round(seconds / 60))
        return self.say("span.hours", count=seconds / 3600)
