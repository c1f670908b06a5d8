"""Homes over years: what moves and swings in them, and what only looks like it."""

from dataclasses import replace

import numpy as np

from custom_components.pattern_intelligence.engine.sun import SunEvent

from .clock import Floats
from .years import SOLSTICES, WARMTH_LAGS, Draw, Thing, Years


def years(seed: int, learned: int, after: int = 35) -> Years:
    """Simulate a home in which some things move, some swing, and most do neither.

    Args:
        seed: Decides everything.
        learned: Days that will be learned; trends go on beyond.
        after: Days after those.
    """
    draw = Draw(seed, learned, learned + after)
    rng = draw.rng
    for _ in range(4):
        size = draw.sized(25, 130)
        draw.timed(
            "moving",
            draw.line(size),
            moves="trend",
            size=size,
            minute=850,
            sd=float(rng.uniform(5, 22)),
            noise=0.0,
        )
        draw.long(
            "longer",
            1
            + draw.line(
                share := float(
                    rng.choice([rng.uniform(0.3, 1.5), rng.uniform(-0.7, -0.3)])
                )
            ),
            moves="trend",
            size=share / (1 + share / 2),
        )
        draw.often(
            "oftener",
            1
            + draw.line(
                share := float(
                    rng.choice([rng.uniform(0.4, 2.0), rng.uniform(-0.8, -0.4)])
                )
            ),
            moves="trend",
            size=share / (1 + share / 2),
            rate=float(rng.uniform(2, 20)),
        )
        peak = float(rng.choice(SOLSTICES) + rng.uniform(0, WARMTH_LAGS))
        size = float(rng.uniform(25, 140))
        draw.timed(
            "swinging",
            draw.wave(size, peak),
            moves="season",
            size=size,
            peak=peak,
            minute=900,
            sd=float(rng.uniform(5, 30)),
            noise=0.0,
        )
        for add, name in (
            (draw.often, "more"),
            (draw.long, "lasts"),
            (draw.meter, "uses"),
        ):
            size = float(rng.uniform(0.25, 1.6))
            add(
                f"{name}_by_year",
                1 + draw.wave(size, peak),
                moves="season",
                size=size,
                peak=peak,
            )
    share = float(rng.uniform(0.4, 1.0))
    # Of a meter that only began to rise a year ago, nobody knows what the weather did.
    draw.meter(
        "rising",
        1 + draw.line(share, always=True),
        moves="trend",
        size=share / (1 + share / 2),
    )
    _hard(draw)
    _plain(draw)
    return draw.home(seed)


def _hard(draw: Draw) -> None:
    """Add what only looks like it moves."""
    rng = draw.rng
    _follow_daylight(draw)
    late = np.arange(draw.days) >= draw.learned - rng.integers(30, draw.span - 30)
    for change in (45.0, -70.0):
        draw.timed(
            "changed",
            np.where(late, change, 0.0),
            minute=800,
            sd=float(rng.uniform(5, 25)),
        )
    draw.often("changed", np.where(late, 2.2, 1.0), rate=8.0)
    draw.often("begun", np.ones(draw.days), living=late)
    draw.timed("begun", np.zeros(draw.days), living=late)
    draw.often("stopped", np.ones(draw.days), living=~late)
    for _ in range(3):
        draw.often("moody", np.exp(draw.lasting(0.35, float(rng.uniform(0.8, 0.97)))))
        draw.timed("moody", draw.lasting(25.0, float(rng.uniform(0.8, 0.97))))
        draw.meter("weather", np.ones(draw.days), share=float(rng.uniform(0.7, 0.95)))


def _follow_daylight(draw: Draw) -> None:
    """Add what keeps to the sun, wholly, in part or after a set time."""
    rise, fall = draw.sun[SunEvent.SUNRISE], draw.sun[SunEvent.SUNSET]
    follows: list[tuple[str, Floats]] = [
        ("sunset", fall + draw.rng.uniform(-40, 40)),
        ("sunrise", rise + draw.rng.uniform(-20, 60)),
        ("not_before", np.maximum(rise, 400.0)),
        ("partly", 1000 + 0.5 * (fall - fall.mean())),
    ]
    for kind, at in follows:
        draw.timed(kind, at, minute=0.0, sd=float(draw.rng.uniform(3, 20)))
    dark = 1 - (fall - rise) / 1440
    draw.often("dark", dark / dark.mean(), rate=8.0)
    draw.long("dark", dark / dark.mean())


def _plain(draw: Draw) -> None:
    """Add what does nothing of the sort."""
    for _ in range(10):
        draw.timed("plain", np.zeros(draw.days))
        draw.often("plain", np.ones(draw.days))
    for _ in range(5):
        draw.long("plain", np.ones(draw.days))
        draw.meter("plain", np.ones(draw.days))


#: What follows the sun, and so swings with it.
SUNNY = frozenset({"sunset", "sunrise", "not_before", "partly", "dark"})
#: Kinds of homes in which nothing moves by itself.
NULLS = ("poisson", "rhythm", "permuted", "weather", "daylight")


def null_years(seed: int, kind: str, learned: int, things: int = 60) -> Years:
    """Simulate a home in which nothing moves by itself and nothing swings.

    Args:
        seed: Decides everything.
        kind: `poisson` (always the same rate), `rhythm` (things keep a daily rhythm),
            `weather` (what one day is like lasts to the next), `daylight` (all
            follows the sun), or `permuted`: a home of `years` of which each thing's
            days change places.
        learned: Days there are.
        things: About how many things there are.
    """
    if kind == "permuted":
        return _permuted(years(seed, learned, 0))
    draw = Draw(seed, learned, learned)
    rng = draw.rng
    flat = np.ones(learned)
    for number in range(things):
        match kind, number % 4:
            case "daylight", 0:
                _follow_daylight(draw)
            case "daylight", _:
                pass
            case "weather", 0:
                draw.timed("weather", draw.lasting(20.0, float(rng.uniform(0.8, 0.98))))
            case "weather", 1:
                draw.often(
                    "weather", np.exp(draw.lasting(0.3, float(rng.uniform(0.8, 0.98))))
                )
            case "weather", 2:
                draw.long(
                    "weather", np.exp(draw.lasting(0.3, float(rng.uniform(0.8, 0.98))))
                )
            case _, 3:
                share = rng.uniform(0.7, 0.98) if kind == "weather" else 0.0
                draw.meter("weather", flat, share=float(share))
            case "poisson", _:
                draw.often("poisson", flat)
            case _, 0:
                draw.timed("rhythm", np.zeros(learned))
            case _, 1:
                draw.often("rhythm", flat)
            case _:
                draw.long("rhythm", flat)
    return draw.home(seed)


def _permuted(home: Years) -> Years:
    """Return a home of which each thing's days change places at random."""
    rng = np.random.default_rng(np.random.SeedSequence([home.seed, 42]))
    things: list[Thing] = []
    for thing in home.things:
        order = rng.permutation(home.days)
        things.append(
            replace(
                thing,
                moves="none",
                day=order[thing.day],
                amount=None if thing.amount is None else thing.amount[order],
            )
        )
    everything = np.ones(home.days, np.bool_)
    return replace(home, recorded=everything, things=tuple(things))
