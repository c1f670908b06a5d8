"""Links: after A, B follows, beyond what their rhythms share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..civil import SECOND_MS
from ..common_cause import Claim, shadows
from ..crossday import Days, Trial, tried
from ..evidence import (
    FALSE_DISCOVERY_RATE,
    LISTED_FROM,
    Floats,
    Tally,
    decay,
    false_discovery_q,
    poisson_binomial_tail,
    share_bounds,
)
from ..follow import MANNERS, MIN_DAYS, RESTING, Stream, candidates, followed
from ..home import Home
from ..pattern import Evidence, Finding, PatternType, Provenance, Spread
from ..provenance import USER
from ..tables import Numbers
from ..window import Window

EFFECT_FLOOR = 0.3
"""Share of a cause's occasions that must be followed, or nobody would notice."""

MOVEMENT = frozenset({"motion", "moving", "occupancy", "presence", "vibration"})
"""Device classes that see people about: whatever is done, they see it being done."""

SENSING = frozenset({"binary_sensor", "device_tracker", "person"})
"""Domains that tell where people are; what such a sensor sees next is no accident."""

MIN_LIFT = 2.0
"""A pair is listed when chance makes at most half of it."""


@dataclass(frozen=True, eq=False)
class Link:
    """A pair in the manner in which it holds best.

    Attributes:
        cause: index of the key that leads.
        effect: index of the key that follows.
        manner: in which of the manners of following.
        occasions: shape (n,), rows of the cause's happenings.
        lags: shape (n,), milliseconds to the effect, -1 where it never follows.
        followed: shape (n,), whether it followed in that manner.
        trial: the cross-day test's terms.
        chance: the share of occasions that would be followed by chance.
        p_value: of the days matched.
        confidence: that the effect follows the next cause.
    """

    cause: int
    effect: int
    manner: int
    occasions: NDArray[np.intp]
    lags: Numbers
    followed: NDArray[np.bool_]
    trial: Trial
    chance: float
    p_value: float
    confidence: float


class CoOccurrence:
    """Finds pairs of which the second follows the first."""

    type = PatternType.CO_OCCURRENCE

    def detect(self, window: Window, home: Home) -> Sequence[Finding]:
        """Return the links, strongest first."""
        if not window.days.size:
            return ()
        stream = Stream(Days.of(window))
        links = [
            link
            for cause, effect in candidates(stream, EFFECT_FLOOR)
            if _may_link(window, home, cause, effect)
            and (link := _test(stream, cause, effect))
        ]
        if not links:
            return ()
        q_values = false_discovery_q(
            np.minimum(np.array([link.p_value for link in links]) * MANNERS, 1.0),
            _testable(stream, home),
        )
        found = [
            (link, float(q))
            for link, q in zip(links, q_values, strict=True)
            if q <= FALSE_DISCOVERY_RATE and _lift_bound(link.trial) >= MIN_LIFT
        ]
        hidden = _shadows(stream, home, [link for link, _ in found])
        return [
            _finding(stream, home, link, q)
            for position, (link, q) in enumerate(found)
            if position not in hidden and link.confidence >= LISTED_FROM
        ]

    def tally(self, finding: Finding, window: Window, home: Home, since: int) -> Tally:
        """Return how often the effect followed in time after the cause."""
        stream = Stream(Days.of(window))
        cause, effect = finding.entities
        if cause not in window.keys or effect not in window.keys:
            return Tally(0, 0)
        assert finding.lag_s is not None
        within = _within_ms(finding.lag_s)
        occasions = stream.occasions(window.keys.index(cause), within)
        occasions = occasions[stream.day[occasions] + stream.days.first >= since]
        lags = stream.lags(occasions, window.keys.index(effect))
        return Tally(lags.size, int(((lags > 0) & (lags <= within)).sum()))

    def waits_for(self, window: Window, home: Home) -> str:
        """Return why nothing is found."""
        if window.days.size < 14:
            return f"needs about 14 days of history, {window.days.size} so far"
        return "nothing follows anything else more often than their rhythms explain"


def _may_link(window: Window, home: Home, cause: int, effect: int) -> bool:
    """Tell whether two keys belong to different entities on different devices."""
    one, other = window.keys[cause].entity_id, window.keys[effect].entity_id
    if one == other:
        return False
    cause_info, effect_info = home.entity(one), home.entity(other)
    if effect_info.device_class in MOVEMENT and (
        window.keys[effect].state in RESTING or cause_info.domain not in SENSING
    ):
        return False
    return _unit(home, one) != _unit(home, other)


def _unit(home: Home, entity_id: str) -> str:
    """Return the device an entity is on, or itself where it is on none."""
    return home.entity(entity_id).device_id or entity_id


def _testable(stream: Stream, home: Home) -> int:
    """Return how many ordered pairs could have been tested."""
    window = stream.window
    unit = [_unit(home, key.entity_id) for key in window.keys]
    causes = np.flatnonzero(stream.causes)
    effects = np.flatnonzero(stream.effects)
    own = dict.fromkeys(unit, 0)
    for effect in effects.tolist():
        own[unit[effect]] += 1
    return causes.size * effects.size - sum(own[unit[c]] for c in causes.tolist())


def _test(stream: Stream, cause: int, effect: int) -> Link | None:
    """Return the pair in the manner that chance explains least, if any is worth it."""
    occasions = stream.occasions(cause)
    if not occasions.size:
        return None
    lags = stream.lags(occasions, effect)
    until_next = stream.until_next(occasions)
    day, offset = stream.day[occasions], stream.offset[occasions]
    entity = stream.window.keys[effect].entity_id
    compared = (
        stream.days.alike[day] & stream.days.available(entity)[offset // 3_600_000]
    )
    best: Link | None = None
    for manner in range(MANNERS):
        hits = followed(lags, until_next, manner)
        if hits.mean() < EFFECT_FLOOR:
            continue
        bits = stream.mask(cause, effect, manner).at(offset)
        known = int(np.bitwise_count(compared).sum())
        chance = (np.bitwise_count(bits & compared).sum() + hits.sum()) / (
            known + occasions.size
        )
        if hits.mean() < MIN_LIFT * chance:
            continue
        trial = tried(day, hits, bits, compared)
        if int(trial.matched.sum()) < MIN_DAYS:
            continue
        p_value = float(
            poisson_binomial_tail(
                trial.chance[None], np.array([trial.matched.sum()], np.int64)
            )[0]
        )
        confidence = _confidence(stream, occasions, lags, _spread(lags[hits]))
        if best is None or (confidence < LISTED_FROM, p_value) < (
            best.confidence < LISTED_FROM,
            best.p_value,
        ):
            best = Link(
                cause=cause,
                effect=effect,
                manner=manner,
                occasions=occasions,
                lags=lags,
                followed=hits,
                trial=trial,
                chance=float(chance),
                p_value=p_value,
                confidence=confidence,
            )
    return best


def _lift_bound(trial: Trial) -> float:
    """Return the lower bound of how many times chance is exceeded."""
    days = np.array([float(trial.day.size)])
    lower, _ = share_bounds(np.array([float(trial.matched.sum())]), days)
    return float(lower[0] * days[0] / trial.chance.sum())


def _shadows(stream: Stream, home: Home, links: Sequence[Link]) -> set[int]:
    """Return the positions of the links that another one explains."""
    window = stream.window
    ranks = np.argsort(
        np.argsort(np.array([link.p_value for link in links]), kind="stable")
    )
    claims = [
        Claim(
            link.cause,
            link.effect,
            window.instant[link.occasions],
            window.instant[link.occasions] + link.lags,
            link.followed,
            link.chance,
            _within_ms(_spread(link.lags[link.followed])),
            int(rank),
        )
        for link, rank in zip(links, ranks, strict=True)
    ]
    return shadows(
        claims,
        lambda key: window.instant[window.of_key(key)],
        [_unit(home, key.entity_id) for key in window.keys],
        stream.begins,
        np.array(
            [
                key.entity_id.startswith("binary_sensor.") and key.state in RESTING
                for key in window.keys
            ],
            bool,
        ),
    )


def _spread(lags: Numbers) -> Spread:
    """Return the lags' median and tenths in seconds."""
    p10, median, p90 = np.quantile(lags / SECOND_MS, [0.1, 0.5, 0.9]).tolist()
    return Spread(median, p10, p90)


def _finding(stream: Stream, home: Home, link: Link, q_value: float) -> Finding:
    window = stream.window
    spread = _spread(link.lags[link.followed])
    matched = link.trial.day[link.trial.matched] + stream.days.first
    expected = float(link.trial.chance.sum())
    keys = (window.keys[link.cause], window.keys[link.effect])
    nexts = (link.lags > 0) & (link.lags == stream.until_next(link.occasions, own=True))
    rows = stream.happenings(link.effect)
    at = np.searchsorted(
        window.instant[rows],
        window.instant[link.occasions[link.followed]],
        "right",
    )
    user = float((window.cause[rows[at]] == USER).mean())
    return Finding(
        type=PatternType.CO_OCCURRENCE,
        entities=keys,
        area_ids=home.area_ids(*(key.entity_id for key in keys)),
        confidence=link.confidence,
        evidence=Evidence(
            days_eligible=link.trial.day.size,
            days_matched=matched.size,
            occurrences=int(link.followed.sum()),
            expected=expected,
            lift=matched.size / expected,
            p_value=link.p_value,
            q_value=q_value,
        ),
        provenance=Provenance(user, 1 - user, 0.0),
        eligible=link.trial.day + stream.days.first,
        matched=matched,
        times=np.zeros(0),
        lag_s=spread,
        details={"next": round(float(nexts.mean()), 3)},
    )


def _within_ms(lag: Spread) -> int:
    """Return how long after the cause the effect still counts as following."""
    return round(max(1.5 * lag.p90, lag.p90 + 60) * SECOND_MS)


def _confidence(
    stream: Stream, occasions: NDArray[np.intp], lags: Numbers, spread: Spread
) -> float:
    """Return the probability that the effect follows the next cause in time."""
    kept = (lags > 0) & (lags <= _within_ms(spread))
    days, starts, sizes = np.unique(
        stream.day[occasions], return_index=True, return_counts=True
    )
    happened = np.add.reduceat(kept.astype(np.float64), starts)
    weights = decay(days, stream.days.count - 1) * sizes / (1 + (sizes - 1) * 0.3)
    share: Floats = happened / sizes
    return float((share @ weights + 0.5) / (weights.sum() + 1))
