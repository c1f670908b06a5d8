"""Whether times of day were kept of late by what no rule ties to the clock.

What follows the sun keeps a time of the clock for some weeks, and moves on.
"""

import numpy as np

from .proofs import Window
from .simulator import Home, Step
from .simulator.clock import DAY_MINUTES

#: Days that are looked back on, and the share of them on which a time has to be kept.
LOOKED_BACK, SHARE = 28, 0.4
_LEAST_MARGIN = 10.0


def follows_the_sun(home: Home, step: Step) -> bool:
    """Tell whether an entity does what was planted to follow the sun."""
    return any(
        habit.condition is not None
        and habit.condition.kind in {"sunrise", "sunset"}
        and habit.steps[0].entity_id == step.entity_id
        for habit in home.truth.habits
    )


def kept_lately(home: Home, step: Step, window: Window, learned: int) -> bool:
    """Tell whether a time was kept on enough of the last days learned.

    Args:
        home: the home.
        step: what is entered.
        window: the time claimed, which counts widened as the contract has it.
        learned: how many days were learned.
    """
    number = [entity.entity_id for entity in home.entities].index(step.entity_id)
    mine = home.runs.take(home.runs.entity == number)
    rests = step.state == home.entities[number].rest
    days, minutes = home.clock.local(mine.end if rests else mine.start)
    length = (window.latest - window.earliest) % DAY_MINUTES
    margin = max(_LEAST_MARGIN, length / 2)
    since = (minutes - window.earliest + margin) % DAY_MINUTES
    lately = (days >= learned - LOOKED_BACK) & (days < learned)
    kept = np.unique(days[lately & (since <= length + 2 * margin)])
    return len(kept) >= SHARE * LOOKED_BACK
