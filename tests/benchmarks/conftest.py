"""A few simulated homes, made once."""

from datetime import date

import pytest

from benchmarks.simulator import Home, simulate


@pytest.fixture(scope="session")
def homes() -> list[Home]:
    """Return homes of 60 days that differ in their seed."""
    return [simulate(seed, rows_per_day=0) for seed in range(12)]


@pytest.fixture(scope="session")
def home() -> Home:
    """Return a home of 21 days, with numeric sensors, across a DST change."""
    return simulate(3, 21, first_day=date(2025, 10, 15), rows_per_day=4000)
