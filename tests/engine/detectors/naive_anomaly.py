"""Slow and obvious ways to say how odd a day was, in plain Python."""

from collections.abc import Sequence
from math import erfc, exp, expm1, lgamma, log, sqrt

from custom_components.pattern_intelligence.engine.civil import DAY_MS, HOUR_MS

QUARTER_MS = DAY_MS // 96


def negative_binomial(count: int, mean: float, size: float) -> float:
    """Return the probability of a count, by its formula."""
    return exp(
        lgamma(count + size)
        - lgamma(size)
        - lgamma(count + 1)
        + size * log(size / (size + mean))
        + (count * log(mean / (size + mean)) if count else 0.0)
    )


def posterior(
    counts: Sequence[int],
    expected: Sequence[float],
    cells: Sequence[tuple[float, float]],
    prior: Sequence[float],
) -> list[float]:
    """Return what counts say of cells, each a factor of the mean and a size."""
    mass = []
    for (factor, size), own in zip(cells, prior, strict=True):
        likely = own
        for count, mean in zip(counts, expected, strict=True):
            likely *= negative_binomial(count, mean * factor, size)
        mass.append(likely)
    return [one / sum(mass) for one in mass]


def circle_density(clocks: Sequence[int], at: int) -> float:
    """Return how many uses reach a quarter of an hour, each worth 1 in all."""
    reach = [exp(-0.5 * (_apart(0, other) / 3) ** 2) for other in range(96)]
    return sum(
        exp(-0.5 * (_apart(clock // QUARTER_MS, at) / 3) ** 2) / sum(reach)
        for clock in clocks
    )


def odd_chance(
    days: Sequence[Sequence[Sequence[int]]], thing: int, day: int, rate: float
) -> float:
    """Return the chance of a thing's oddest use on one of the days.

    Args:
        days: by thing and day, when it was used; the last day is the one judged.
        thing: which thing.
        day: which day.
        rate: uses that the day should have.
    """
    last = len(days[0]) - 1
    past = [[clock for own in one[:last] for clock in own] for one in days]
    home = [
        sum(circle_density(clocks, at) for clocks in past) + 0.5 / 96
        for at in range(96)
    ]
    home = [one / sum(home) for one in home]
    others = [c for n, own in enumerate(days[thing][:last]) for c in own if n != day]
    density = [
        (circle_density(others, at) + 10 * home[at]) / (len(others) + 10)
        for at in range(96)
    ]
    least = 1.0
    for clock in days[thing][day]:
        own = density[clock // QUARTER_MS]
        rarer = [one for one in density if one <= own * (1 + 1e-9)]
        first = -expm1(-rate * sum(rarer))
        least = min(least, first * _as_clustered(days, thing, clock, day))
    return least


def _as_clustered(
    days: Sequence[Sequence[Sequence[int]]], thing: int, clock: int, day: int
) -> float:
    at_all = [
        [DAY_MS * at + one for at, day_own in enumerate(own) for one in day_own]
        for own in days
    ]

    def around(own: Sequence[int], at: int) -> int:
        return sum(abs(other - at) <= HOUR_MS for other in own)

    wanted = around(at_all[thing], DAY_MS * day + clock)
    every = [around(own, at) >= wanted for own in at_all for at in own]
    mine = [around(at_all[thing], at) >= wanted for at in at_all[thing]]
    return (sum(mine) + 10 * sum(every) / len(every)) / (len(mine) + 10)


def _apart(one: int, other: int) -> int:
    return min((one - other) % 96, (other - one) % 96)


def long_chance(past: Sequence[float], seconds: float, spread: float) -> float:
    """Return the chance that the next run lasts at least so long.

    Args:
        past: seconds that runs lasted.
        seconds: how long it is.
        spread: the home's usual sd of the logarithm.
    """
    logs = sorted((log(one) for one in past), reverse=True)
    number, mean = len(logs), sum(logs) / len(logs)
    freedom = 6 + number - 1
    variance = (6 * spread**2 + sum((one - mean) ** 2 for one in logs)) / freedom
    t = (log(seconds) - mean) / sqrt(max(variance, 0.01) * (1 + 1 / number))
    z = sqrt(freedom * log(1 + t * t / freedom)) * (8 * freedom + 1) / (8 * freedom + 3)
    chances = [0.5 * erfc((z if t > 0 else -z) / sqrt(2))]
    for share in (0.1, 0.025, 0.0):
        top = max(3, int(share * number))
        if top < number and log(seconds) > logs[top]:
            excess = (sum(one - logs[top] for one in logs[:top]) + spread) / (top + 1)
            chances.append(top / number * exp(-(log(seconds) - logs[top]) / excess))
    return max(chances)


def expected_by(
    hours: Sequence[Sequence[float]], days: Sequence[Sequence[int]]
) -> list[float]:
    """Return how many uses were to be expected before each use, since the first day.

    Args:
        hours: by day and hour, uses to be expected.
        days: by day, when it was used.
    """
    found = []
    for day, when in enumerate(days):
        for clock in when:
            before = sum(sum(own) for own in hours[:day])
            before += sum(hours[day][: clock // HOUR_MS])
            part = clock % HOUR_MS / HOUR_MS
            found.append(before + hours[day][clock // HOUR_MS] * part)
    return found


def resting(rests: Sequence[float], missing: float) -> float:
    """Return the chance to be within a rest that is so long already."""
    longest = sorted(rests, reverse=True)
    chances = [0.0]
    for share in (0.1, 0.025, 0.0):
        top = max(3, int(share * len(rests)))
        if top < len(rests) and missing > longest[top]:
            beyond = [one - longest[top] for one in longest[:top]]
            excess = (sum(beyond) + 1) / (top + 1)
            spent = top * excess * exp(-(missing - longest[top]) / excess)
            chances.append(min(1.0, spent / sum(rests)))
    return max(chances)
