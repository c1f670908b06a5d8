"""A simulator of homes whose habits are known."""

from .model import Home
from .simulate import fresh_days, simulate
from .truth import PlantedHabit, Step, Truth

__all__ = ["Home", "PlantedHabit", "Step", "Truth", "fresh_days", "simulate"]
