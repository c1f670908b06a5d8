"""What is stated of habits under a condition, and on which days they were kept."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MINUTES, DAY_MS, MINUTE_MS
from ..claim import Claim
from ..evidence import posterior_since_change
from ..home import Home
from ..keys import Key
from ..occasions import member_of, occasions, span_of
from ..pattern import Context, Evidence, Finding, PatternType, Provenance, When
from ..provenance import USER
from ..tables import Numbers
from ..time_of_day.claims import CHANGE_RATE, PRIOR_DAYS, RECENT_MATCHES
from .condition_search import Question, Stretches
from .condition_trial import ConditionTrials
from .conditions import NUMERIC, STATE, Conditions
from .sun_days import by_hand


def condition_occasions(
    conditions: Conditions, claim: Claim | Finding
) -> tuple[Numbers, NDArray[np.bool_]]:
    """Return when a condition held as stated, and where the habit was kept.

    Args:
        conditions: of the window's days.
        claim: what is stated.

    Returns:
        Of each occasion the number of the day on which its habit-day was over,
        ascending, and whether it was kept.
    """
    assert claim.context is not None
    assert claim.when is not None
    days, kept = _kept(conditions, claim.entities[0], claim.when, claim.context)
    # A habit-day that is centered before noon is over by the end of its date.
    late = span_of(claim.when).center % DAY_MINUTES >= DAY_MINUTES / 2
    return days + late, kept


def _kept(
    conditions: Conditions, key: Key, when: When, context: Context
) -> tuple[Numbers, NDArray[np.bool_]]:
    window = conditions.window
    days, kept = occasions(window, key, when)
    span = span_of(when)
    held, known = conditions.of(context, span.low, span.high)
    holds = held & known & conditions.possible([key], span.low, span.high)[0]
    which = member_of(window.days[holds], days)
    return days[which], kept[which]


def context_of(question: Question) -> dict[str, Any]:
    """Return the context of the contract that a question is about."""
    if question.state:
        return {
            "kind": STATE,
            "entity_id": question.entity_id,
            "state": question.state,
        }
    context: dict[str, Any] = {"kind": NUMERIC, "entity_id": question.entity_id}
    if question.below is not None:
        return {**context, "below": question.below}
    return {**context, "above": question.above}


def finding_of(
    conditions: Conditions,
    home: Home,
    key: Key,
    found: Stretches,
    trials: ConditionTrials,
    row: int,
    q_value: float,
) -> Finding:
    """Return what is reported of one habit under a condition.

    Args:
        conditions: of the window's days.
        home: the context.
        key: what is entered.
        found: where in the day was looked.
        trials: of all questions.
        row: which of them.
        q_value: after control of the false discovery rate.
    """
    window, question = conditions.window, trials.asked[row]
    low, high = found.low[question.stretch], found.high[question.stretch]
    eligible, own, kept = trials.eligible[row], trials.own[row], trials.kept[row]
    matched = window.days[own & kept]
    wall, cause = by_hand(window, key)
    day = (wall - round(low * MINUTE_MS)) // DAY_MS
    minute = (wall - day * DAY_MS) / MINUTE_MS
    inside = (minute >= low) & (minute < high) & member_of(matched, day)
    first = np.append(True, np.diff(day[inside]) > 0)[: int(inside.sum())]
    times = minute[inside][first]
    earliest, middle, latest = np.percentile(
        times[-RECENT_MATCHES:], [10, 50, 90]
    ).tolist()
    when = When(middle % DAY_MINUTES, earliest % DAY_MINUTES, latest % DAY_MINUTES)
    context = context_of(question)
    expected = float(trials.expected[row])
    days = int(own.sum())
    _, did = _kept(conditions, key, when, context)
    user = float((cause[inside] == USER).mean())
    others = eligible & ~own
    return Finding(
        type=PatternType.CONTEXTUAL,
        entities=(key,),
        area_ids=home.area_ids(key.entity_id),
        # Begins from what other days give: it was picked since it looked best.
        confidence=posterior_since_change(
            did, expected / days, PRIOR_DAYS, CHANGE_RATE
        ),
        evidence=Evidence(
            days,
            matched.size,
            int(inside.sum()),
            expected,
            matched.size / expected,
            float(trials.p_values[row]),
            q_value,
        ),
        provenance=Provenance(user, 1 - user, 0.0),
        eligible=window.days[own],
        matched=matched,
        times=times - middle,
        when=when,
        context=context,
        details={
            "otherwise": {
                "days_eligible": int(others.sum()),
                "days_matched": int((kept & others).sum()),
            }
        },
    )
