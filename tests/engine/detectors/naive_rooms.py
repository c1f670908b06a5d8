"""Rooms the slow way: one sign, one visit, one day at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from custom_components.pattern_intelligence.engine.home import Home
from custom_components.pattern_intelligence.engine.window import Key, Window

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
HANDLED = {
    "button",
    "cover",
    "event",
    "fan",
    "humidifier",
    "light",
    "lock",
    "media_player",
    "remote",
    "switch",
    "valve",
}
RESTING = {"closed", "docked", "idle", "locked", "not_home", "off", "standby"}
PRESENCE = {"motion", "moving", "occupancy", "presence"}
NOBODY = {"carbon_monoxide", "gas", "light", "running", "smoke"}


@dataclass(frozen=True)
class Sign:
    """Something that tells that a room is in use.

    Attributes:
        room: its area.
        begin: UTC milliseconds.
        end: UTC milliseconds.
        wall: wall milliseconds of its begin.
        key: what happened.
    """

    room: str
    begin: int
    end: int
    wall: int
    key: Key


@dataclass(frozen=True)
class Visit:
    """A room in use without five quiet minutes.

    Attributes:
        room: its area.
        begin: UTC milliseconds.
        end: UTC milliseconds.
        wall: wall milliseconds of its begin.
    """

    room: str
    begin: int
    end: int
    wall: int


@dataclass(frozen=True)
class NaiveMove:
    """What is known of a move.

    Attributes:
        eligible: numbers of the days with an occasion, ascending.
        matched: those on which at least half of the occasions were followed.
        chances: for each eligible day, its chance to match.
        lags: of the occasions that were followed, in milliseconds.
    """

    eligible: tuple[int, ...]
    matched: tuple[int, ...]
    chances: tuple[float, ...]
    lags: tuple[int, ...]


def tail(chances: Sequence[float], matched: int) -> float:
    """Return the probability of so many matches or more, by enumerating them."""
    distribution = {0: 1.0}
    for chance in chances:
        later: dict[int, float] = {}
        for hits, mass in distribution.items():
            later[hits] = later.get(hits, 0.0) + mass * (1 - chance)
            later[hits + 1] = later.get(hits + 1, 0.0) + mass * chance
        distribution = later
    return sum(mass for hits, mass in distribution.items() if hits >= matched)


class NaiveRooms:
    """The rooms of a window, and all that is asked of them."""

    def __init__(self, window: Window, home: Home) -> None:
        """Take the happenings of a window."""
        self.window = window
        self.home = home
        self.days = window.days.tolist()
        occupied = window.occupied.tolist()
        self.counted = [d for d, yes in zip(self.days, occupied, strict=True) if yes]
        self.signs = sorted(self._signs(), key=lambda s: (s.begin, s.room))
        self.rooms = sorted({sign.room for sign in self.signs})
        self.end = window.civil.bounds(window.last_day)[1]

    def _signs(self) -> Iterator[Sign]:
        rows = sorted(
            (self.window.keys[k].entity_id, int(i), self.window.keys[k].state, int(w))
            for k, i, w, c in zip(
                self.window.key,
                self.window.instant,
                self.window.wall,
                self.window.cause,
                strict=True,
            )
            if c < 2
        )
        for entity_id, own in groupby(rows, key=lambda row: row[0]):
            info = self.home.entity(entity_id)
            happened = [(instant, state, wall) for _, instant, state, wall in own]
            if info.area_id is None or info.device_class in NOBODY:
                continue
            if info.domain in HANDLED:
                for instant, state, wall in happened:
                    if state not in RESTING:
                        key = Key(entity_id, state)
                        yield Sign(info.area_id, instant, instant, wall, key)
            elif info.domain == "binary_sensor":
                presence = info.device_class in PRESENCE
                for begin, end, state, wall in self._sensed(happened, presence):
                    yield Sign(info.area_id, begin, end, wall, Key(entity_id, state))

    def _sensed(
        self, happened: Sequence[tuple[int, str, int]], presence: bool
    ) -> Iterator[tuple[int, int, str, int]]:
        """Yield the begin, the end, the state and the wall time of what was seen."""
        longest = 12 * HOUR if presence else 30 * MINUTE
        told = False
        padded = [*happened, (self.end_of_all(), "", 0)]
        for (instant, state, wall), (later, following, _) in pairwise(padded):
            if state == "on":
                lasts = following == "off" and later - instant <= longest
                yield instant, later if lasts else instant, state, wall
                told = lasts
            else:
                if not told and not presence:
                    yield instant, instant, state, wall
                told = False

    def end_of_all(self) -> int:
        """Return an instant after everything."""
        return self.window.civil.bounds(self.window.last_day)[1] + DAY

    def visits(self, room: str, but: str | None = None) -> list[Visit]:
        """Return the visits to a room in order, as if one device were not there."""
        found: list[Visit] = []
        for sign in self.signs:
            if sign.room != room or (but and self.device(sign.key) == but):
                continue
            if found and sign.begin - found[-1].end < 5 * MINUTE:
                last = found.pop()
                end = max(last.end, sign.end)
                found.append(Visit(room, last.begin, end, last.wall))
            else:
                found.append(Visit(room, sign.begin, sign.end, sign.wall))
        return found

    def device(self, key: Key) -> str:
        """Return the device an entity is on, or itself."""
        return self.home.entity(key.entity_id).device_id or key.entity_id

    def waking(self, wall: int) -> int:
        """Return the number of a waking day."""
        return (wall - 4 * HOUR) // DAY

    def alike(self, day: int) -> list[int]:
        """Return the other counted days of the same kind: weekend or not."""
        return [
            d
            for d in self.counted
            if d != day and ((d + 3) % 7 >= 5) == ((day + 3) % 7 >= 5)
        ]

    def recorded(self, wall: int) -> bool:
        """Tell whether the home was recorded in the hour of a wall instant."""
        if wall // DAY not in self.days:
            return False
        day = self.days.index(wall // DAY)
        return bool(self.window.recorded[day, wall % DAY // HOUR] >= 0.8)

    def occasions(self, room: str) -> list[tuple[Sign, int, str | None, int]]:
        """Return when a room was left: its last sign, until when, where to, the lag."""
        found = []
        noticed = 0
        for place, sign in enumerate(self.signs):
            if sign.room != room:
                continue
            noticed = max(noticed, sign.end)
            last = place + 1 == len(self.signs) or self.signs[place + 1].room != room
            until = noticed + 5 * MINUTE
            if not last or self.waking(sign.wall) not in self.counted:
                continue
            if until > self.end:
                continue
            later = [s for s in self.signs if s.room != room and s.begin > sign.begin]
            follower = later[0] if later and later[0].begin <= until else None
            seen = noticed
            if follower and noticed > follower.begin:
                seen = sign.begin
            lag = follower.begin - seen if follower else 0
            found.append((sign, until, follower.room if follower else None, lag))
        return found

    def move(self, first: str, second: str) -> NaiveMove:
        """Return what is known of a move."""
        days: dict[int, list[tuple[Sign, int, str | None, int]]] = {}
        for occasion in self.occasions(first):
            days.setdefault(self.waking(occasion[0].wall), []).append(occasion)
        trial = {day: self._day(day, own, second) for day, own in days.items()}
        return NaiveMove(
            tuple(days),
            tuple(day for day, (hit, _) in trial.items() if hit),
            tuple(chance for _, chance in trial.values()),
            tuple(o[3] for own in days.values() for o in own if o[2] == second),
        )

    def _day(
        self, day: int, own: Sequence[tuple[Sign, int, str | None, int]], second: str
    ) -> tuple[bool, float]:
        """Return whether a day matched, and its chance."""
        matched = 2 * sum(to == second for _, _, to, _ in own) >= len(own)
        usable = matches = 0
        for other in self.alike(day):
            shift = (other - day) * DAY
            known = [o for o in own if self.recorded(o[0].wall + shift)]
            if not known or 2 * len(known) < len(own):
                continue
            usable += 1
            hits = sum(self._instead(o, shift) == second for o in known)
            matches += 2 * hits >= len(known)
        crossed = (matches + matched) / (usable + 1)
        shares = [self.frequency(own[0][0].room, second, o[0].wall) for o in own]
        need = (len(own) + 1) // 2
        frequent = 0.9 * tail(shares, need) + 0.1 * sum(shares) / len(shares)
        return matched, max(crossed, frequent)

    def _instead(
        self, occasion: tuple[Sign, int, str | None, int], shift: int
    ) -> str | None:
        """Return the next room, had all others kept to the clock of another day."""
        sign, until, _, _ = occasion
        begin = sign.wall + shift
        last = begin + until - sign.begin
        later = [
            (s.wall, s.begin, s.room)
            for s in self.signs
            if s.room != sign.room and begin < s.wall <= last
        ]
        return min(later)[2] if later else None

    def frequency(self, first: str, second: str, wall: int) -> float:
        """Return the second room's share of the moves out of other rooms."""
        hour = (wall - 4 * HOUR) % DAY // HOUR
        hits = dict.fromkeys(range(24), 0.0)
        moves = dict.fromkeys(range(24), 0.0)
        for room in set(self.rooms) - {first, second}:
            for sign, _, to, _ in self.occasions(room):
                if to is not None and to != first:
                    at = (sign.wall - 4 * HOUR) % DAY // HOUR
                    moves[at] += 1
                    hits[at] += to == second
        if not sum(moves.values()):
            return 1.0
        overall = sum(hits.values()) / sum(moves.values())

        def around(counts: Mapping[int, float]) -> float:
            before, after = counts[(hour - 1) % 24], counts[(hour + 1) % 24]
            return (before + 2 * counts[hour] + after) / 4

        return (around(hits) + 10 * overall) / (around(moves) + 10)
