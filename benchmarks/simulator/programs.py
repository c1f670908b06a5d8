"""How long things last that have a program, or a use that takes its time."""

from collections.abc import Iterator

import numpy as np

from .clock import LocalClock
from .model import Runs
from .plan import Plan
from .truth import PlantedHabit, Step

#: A run is of a mode when it lasts within so many sds of its log.
_WITHIN = 2.5


def program_truths(plan: Plan, clock: LocalClock, runs: Runs) -> Iterator[PlantedHabit]:
    """Yield how long each thing with a program lasts, one for each of its modes.

    `realized` is the share of all its runs that were of the mode.
    """
    for number, (entity, use) in enumerate(
        zip(plan.house.entities, plan.house.uses, strict=True)
    ):
        own = runs.take(runs.entity == number) if use.modes else None
        if own is None or not len(own):
            continue
        lasted = own.end - own.start
        for share, minutes, spread in use.modes:
            away = np.abs(np.log(np.maximum(lasted, 1.0) / (minutes * 60)))
            mine = own.take(away <= _WITHIN * spread)
            days, _ = clock.local(mine.start)
            yield PlantedHabit(
                name=f"{entity.entity_id} for {minutes:.0f} min",
                kind="duration",
                steps=(Step(entity.entity_id, entity.active),),
                adherence=share,
                duration=minutes * 60,
                spread=spread,
                first_day=clock.first_day,
                last_day=clock.date(clock.days - 1),
                kept=tuple(days.tolist()),
                instants=tuple(mine.start.tolist()),
                realized=len(mine) / len(own),
            )
