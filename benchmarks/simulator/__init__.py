"""A simulator of homes whose habits are known."""

from .model import Home
from .null_homes import null_of, random_home
from .simulate import fresh_days, fresh_home, simulate
from .truth import PlantedHabit, Step, Truth

__all__ = [
    "Home",
    "PlantedHabit",
    "Step",
    "Truth",
    "fresh_days",
    "fresh_home",
    "null_of",
    "random_home",
    "simulate",
]
