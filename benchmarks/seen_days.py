"""How probable a day is to who has seen a thing on some days, and knows the home.

Who has seen 63 days of a thing does not know its law. But who knows how everything else
in the home is used takes it for one of these, each as far as it makes the days seen
probable (H. Robbins, An empirical Bayes approach to statistics, Proc. Third Berkeley
Symposium 1, 1956): nobody can know more of it beforehand, since the home holds nothing
else.
"""

from collections.abc import Callable, Sequence

import numpy as np

from .simulator.clock import Floats, Ints

#: Days that are seen before one is judged.
SEEN_DAYS = 63
#: Outcomes that are told apart; what is more counts as the last.
_OUTCOMES = 80


def chance_by_days(
    own: Ints,
    others: Sequence[Ints],
    chance: Callable[[Ints], float],
    days: int = SEEN_DAYS,
) -> float:
    """Return the chance that who has seen some days gives to an oddity.

    The median over all stretches of so many days that the thing's own law has.

    Args:
        own: By day, what came of the thing: a count, or a class of lengths.
        others: The same of everything else.
        chance: Returns, for the days of one, the chance of so odd a day.
        days: How many are seen.
    """
    logs = np.log(np.array([_shares(other) for other in others]))
    odds = np.array([chance(other) for other in others])
    stretches = np.minimum(own[: own.size // days * days], _OUTCOMES - 1)
    found = []
    for seen in stretches.reshape(-1, days):
        likely = logs @ np.bincount(seen, minlength=_OUTCOMES)
        weight = np.exp(likely - likely.max())
        found.append(float(weight @ odds / weight.sum()))
    return float(np.median(found))


def _shares(own: Ints) -> Floats:
    """Return the share of days with each outcome; all together count for a day more."""
    counts = np.bincount(np.minimum(own, _OUTCOMES - 1), minlength=_OUTCOMES)
    shares: Floats = (counts + 1 / _OUTCOMES) / (own.size + 1)
    return shares
