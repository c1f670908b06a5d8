"""The chance of a match, given a day's spacing."""

from __future__ import annotations

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.time_of_day.spacing import (
    gaps_of,
    met_within,
)


def test_gaps_go_round_the_circle() -> None:
    """The last gap of a group leads to its first happening."""
    gaps = gaps_of(np.array([0, 0, 0, 4]), np.array([0.1, 0.3, 0.9, 0.5]))
    assert gaps == pytest.approx([0.2, 0.6, 0.2, 1.0])


def test_one_happening_is_met_in_proportion() -> None:
    """One happening is met by a stretch with the chance of its length."""
    assert met_within(np.array([1.0]), np.array([0]), 2, 0.3) == pytest.approx([0.3, 0])


def test_bursts_are_met_about_as_often_as_one() -> None:
    """Ten happenings a thousandth apart: nine gaps of .001 and one of .991."""
    passed = np.linspace(0.5, 0.509, 10)
    gaps = gaps_of(np.zeros(10, np.int64), passed)
    assert met_within(gaps, np.zeros(10, np.int64), 1, 0.2) == pytest.approx([0.209])


def test_even_spacing_is_met_more_often_than_chance_would() -> None:
    """Four happenings a quarter apart: each stretch of a quarter meets one."""
    gaps = gaps_of(np.zeros(4, np.int64), np.array([0.0, 0.25, 0.5, 0.75]))
    assert met_within(gaps, np.zeros(4, np.int64), 1, 0.25) == pytest.approx([1.0])


def test_no_happening_has_no_gap() -> None:
    """No happening has no gap."""
    assert gaps_of(np.zeros(0, np.int64), np.zeros(0)).size == 0
