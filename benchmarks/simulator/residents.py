"""When the people of a home are awake, at home, at work, or on holiday."""

from dataclasses import dataclass

import numpy as np

from .clock import DAY_MINUTES, Bools, Floats, Ints, LocalClock

type Spans = list[tuple[float, float]]

#: Wakings and bedtimes stay this far (minutes) inside the waking day's edges.
_EARLIEST_WAKE = 255.0
_LATEST_BED = 1665.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """The rhythm of one person, in wall-clock minutes and their sds.

    `later` is by how much free days start and end later; `from_home` is the share
    of workdays worked at home.
    """

    wake: float
    wake_sd: float
    bed: float
    bed_sd: float
    later: float
    leave: float
    leave_sd: float
    back: float
    back_sd: float
    from_home: float
    outings: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What the residents did on each day.

    `wake` and `bed` are (residents, days) minutes after that day's midnight, the
    bedtime often beyond 1440. `home`, `up` and `somebody` are sorted disjoint
    spans, as (n, 2) arrays of UTC seconds, of being home, of being home and awake
    (both by resident), and of anybody being home. `absent` marks the days on which
    everybody was away on holiday, `workday` those of work.
    """

    wake: Floats
    bed: Floats
    home: tuple[Floats, ...]
    up: tuple[Floats, ...]
    anybody_up: Floats
    somebody: Floats
    absent: Bools
    workday: Bools


def draw_resident(rng: np.random.Generator) -> Resident:
    """Draw a person: bedtimes and wakings with a sd of about 45 to 90 minutes."""
    leave = rng.uniform(490, 570)
    return Resident(
        wake=leave - rng.uniform(80, 130),
        wake_sd=rng.uniform(42, 75),
        bed=rng.uniform(1330, 1430),
        bed_sd=rng.uniform(42, 75),
        later=rng.uniform(0, 60),
        leave=leave,
        leave_sd=rng.uniform(8, 25),
        back=rng.uniform(930, 1100),
        back_sd=rng.uniform(20, 50),
        from_home=rng.uniform(0.1, 0.5),
        outings=rng.uniform(0.3, 0.7),
    )


def inside(spans: Floats, instants: Floats) -> Bools:
    """Tell which instants lie within sorted disjoint spans."""
    if not len(spans):
        return np.zeros(len(instants), np.bool_)
    where = np.searchsorted(spans[:, 0], instants, side="right") - 1
    within: Bools = (where >= 0) & (instants < spans[np.maximum(where, 0), 1])
    return within


def live(
    residents: tuple[Resident, ...],
    clock: LocalClock,
    free: Bools,
    vacation: tuple[int, int] | None,
    rng: np.random.Generator,
) -> Presence:
    """Draw the days of all residents.

    Args:
        residents: Whose days.
        clock: The span of days.
        free: Whether each day is a weekend or a public holiday.
        vacation: First day and length of a holiday away, or none.
        rng: Where chance comes from.
    """
    absent = np.zeros(clock.days, np.bool_)
    trips: Spans = []
    if vacation is not None:
        begin, length = vacation
        trips.append((begin * DAY_MINUTES + 570.0, (begin + length) * DAY_MINUTES))
        absent[begin : begin + length] = True
    persons = [_person(one, free, trips, rng) for one in residents]
    home = [
        _minus([(-DAY_MINUTES, (clock.days + 1) * DAY_MINUTES)], p[2]) for p in persons
    ]
    up = [
        _minus(list(zip(_at(wake), _at(bed), strict=True)), away)
        for wake, bed, away in persons
    ]
    return Presence(
        wake=np.array([wake for wake, _, _ in persons]),
        bed=np.array([bed for _, bed, _ in persons]),
        home=tuple(_instants(clock, spans) for spans in home),
        up=tuple(_instants(clock, spans) for spans in up),
        anybody_up=_instants(clock, _union([s for spans in up for s in spans])),
        somebody=_instants(clock, _union([s for spans in home for s in spans])),
        absent=absent,
        workday=~free,
    )


def _person(
    one: Resident, free: Bools, trips: Spans, rng: np.random.Generator
) -> tuple[Floats, Floats, Spans]:
    """Draw the wakings, bedtimes and absences of one person."""
    days = len(free)
    eve = np.append(free[1:], False)
    wake = rng.normal(one.wake, one.wake_sd, days) + one.later * free
    bed = rng.normal(one.bed, one.bed_sd, days) + one.later * eve
    leave = rng.normal(one.leave, one.leave_sd, days)
    back = rng.normal(one.back, one.back_sd, days)
    commutes = ~free & (rng.random(days) >= one.from_home)
    wake = np.where(commutes, np.minimum(wake, leave - 25), wake)
    wake = np.maximum(wake, _EARLIEST_WAKE)
    bed = np.minimum(np.maximum(bed, np.maximum(wake, back) + 120), _LATEST_BED)
    away = list(trips)
    goes_out = rng.random((2, days)) < one.outings
    outing = rng.uniform(630, 930, days)
    evening = rng.uniform(1110, 1170, days)
    for day in range(days):
        base = day * DAY_MINUTES
        if commutes[day]:
            away.append((base + leave[day], base + max(back[day], leave[day] + 60)))
        elif goes_out[0, day]:
            begin = max(outing[day], wake[day] + 30)
            away.append((base + begin, base + begin + rng.uniform(40, 240)))
        if goes_out[1, day] and rng.random() < 0.2:
            begin = max(evening[day], back[day] + 20)
            away.append((base + begin, base + begin + rng.uniform(60, 200)))
    return wake, np.maximum(bed, _after(away, days, bed)), _union(away)


def _after(away: Spans, days: int, bed: Floats) -> Floats:
    """Return bedtimes put off until the person is back."""
    later = bed.copy()
    for begin, end in away:
        day = int(begin // DAY_MINUTES)
        if 0 <= day < days and end - begin < DAY_MINUTES:
            later[day] = max(later[day], end - day * DAY_MINUTES + 20)
    return np.minimum(later, _LATEST_BED)


def _at(minutes: Floats) -> Floats:
    """Place minutes of each day on the line of all days."""
    return minutes + np.arange(len(minutes)) * float(DAY_MINUTES)


def _union(spans: Spans) -> Spans:
    """Merge spans that touch."""
    merged: Spans = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return merged


def _minus(spans: Spans, holes: Spans) -> Spans:
    """Cut holes (sorted, disjoint) out of spans."""
    left: Spans = []
    for begin, end in _union([span for span in spans if span[1] > span[0]]):
        for hole, close in holes:
            if close <= begin or hole >= end:
                continue
            if hole > begin:
                left.append((begin, hole))
            begin = max(begin, close)
        if begin < end:
            left.append((begin, end))
    return left


def _instants(clock: LocalClock, spans: Spans) -> Floats:
    """Turn spans of local minutes into spans of UTC seconds."""
    if not spans:
        return np.zeros((0, 2))
    minutes = np.array(spans)
    days: Ints = np.floor_divide(minutes, DAY_MINUTES).astype(np.int64)
    return clock.utc(days, minutes - days * float(DAY_MINUTES))
