"""False alarms are counted by the month, and past days say what a chance is worth."""

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.anomaly.budget import (
    MONTH_DAYS,
    TAIL,
    Stretch,
    Watch,
    monthly,
)

LEAST = 1e-5


def test_chances_that_come_as_foretold_are_worth_what_they_are() -> None:
    """Ten thousand evenly spread chances, of which 2 in 100 are in the tail."""
    every = (np.arange(10_000) + 0.5) / 10_000
    stretch = Stretch.fitted(every[every < TAIL], 200.0, LEAST)
    assert stretch.rate == pytest.approx(1.0)
    assert stretch.power == pytest.approx(1.0, abs=0.02)
    assert stretch.calibrated(1e-4) == pytest.approx(1e-4, rel=0.1)


def test_a_thicker_tail_makes_small_chances_worth_less() -> None:
    """Chances that are the square of what they should be."""
    every = ((np.arange(100_000) + 0.5) / 100_000) ** 2
    told = every[every < TAIL]
    stretch = Stretch.fitted(told, TAIL * 100_000, LEAST)
    assert stretch.rate == pytest.approx(TAIL**0.5 / TAIL, rel=0.01)
    assert stretch.calibrated(1e-4) == pytest.approx(1e-2, rel=0.1)


def test_one_enormous_surprise_says_little_about_usual_days() -> None:
    """How far below the least chance it lies does not matter."""
    usual = TAIL * (np.arange(50) + 0.5) / 50
    near = Stretch.fitted(np.append(usual, 1e-7), 51.0, LEAST)
    far = Stretch.fitted(np.append(usual, 1e-200), 51.0, LEAST)
    assert near == far


def test_fewer_surprises_than_foretold_make_chances_smaller() -> None:
    """A hundred instead of a thousand, as far below the tail's edge as foretold.

    Beside the model's twenty they are 120 of 1020, of whatever is in the tail.
    """
    usual = TAIL * np.exp(-np.ones(100))
    stretch = Stretch.fitted(usual, 1000.0, LEAST)
    assert stretch == Stretch(120 / 1020, 1.0, 120.0)
    assert stretch.calibrated(TAIL / 2) == pytest.approx(TAIL / 17, rel=0.003)


def test_a_thinner_tail_makes_small_chances_smaller() -> None:
    """Eighty surprises half a logarithm below the edge, beside the model's twenty.

    The power is (80 / 2 + 20) / 100, so what is 6 below the edge is worth 1.1 to the
    power of -100, 1 / 13781.
    """
    stretch = Stretch.fitted(np.full(80, TAIL * np.exp(-0.5)), 80.0, LEAST)
    assert stretch.power == pytest.approx(0.6)
    assert stretch.calibrated(TAIL * np.exp(-6)) == pytest.approx(
        TAIL / 13780.6, rel=1e-5
    )


def test_without_a_past_the_model_is_believed_as_twenty_surprises() -> None:
    """Twenty logarithms below the tail's edge: 1 + 20 / 20, to the power of -20."""
    stretch = Stretch.fitted(np.zeros(0), 0.0, LEAST)
    assert stretch == Stretch()
    assert stretch.calibrated(TAIL * np.exp(-20)) == pytest.approx(TAIL / 2**20)


def test_the_more_surprises_the_surer_how_thick_the_tail_is() -> None:
    """Both as thick as the model's; less is known of the one with fewer."""
    unsure, sure = Stretch(told=20.0), Stretch(told=2000.0)
    assert unsure.calibrated(0.01) == pytest.approx(sure.calibrated(0.01), rel=0.02)
    assert sure.calibrated(1e-6) == pytest.approx(1e-6, rel=0.03)
    assert unsure.calibrated(1e-6) > 5e-6


@pytest.mark.parametrize("stretch", [Stretch(), Stretch(3.0, 1.7), Stretch(1.5, 0.6)])
@pytest.mark.parametrize("chance", [0.01, 1e-3, 1e-6])
def test_what_a_chance_is_worth_can_be_undone(stretch: Stretch, chance: float) -> None:
    """One is the inverse of the other."""
    worth = stretch.calibrated(chance)
    assert stretch.uncalibrated(worth) == pytest.approx(chance)


def test_a_month_is_the_sum_over_everything_that_is_watched() -> None:
    """Ten even chances, and a coin that comes out at a half or not at all."""
    even = Watch(lambda chance: 10 * chance, Stretch())
    coin = Watch(lambda chance: 0.5 if chance >= 0.5 else 0.0, Stretch())
    assert monthly([even, coin], 1e-3) == pytest.approx(MONTH_DAYS * 0.01)
    assert monthly([even, coin], 0.5) == pytest.approx(MONTH_DAYS * 5.5)


def test_what_is_worth_less_is_expected_more_often() -> None:
    """Ten tests whose chances are worth three times what the model says."""
    watch = Watch(lambda chance: 10 * chance, Stretch(rate=3.0))
    assert watch.expected(3e-3) == pytest.approx(10 * 3e-3)
