"""Brier score, its skill, and calibration, by hand."""

import pytest

from benchmarks.occasions import Occasions


def _occasions(*claims: tuple[float, int, int]) -> Occasions:
    occasions = Occasions()
    for claim in claims:
        occasions.add(*claim)
    return occasions


def test_brier_is_the_mean_squared_error_of_each_occasion() -> None:
    """Told .8 five times, four came true; told .5 five times, one came true."""
    told = _occasions((0.8, 5, 4), (0.5, 5, 1))
    assert told.brier() == pytest.approx((4 * 0.04 + 0.64 + 5 * 0.25) / 10)
    assert told.constant_brier() == pytest.approx(0.25)


def test_calibration_is_measured_in_bins_of_a_tenth() -> None:
    """Both bins are off: .8 happened .8, .5 happened .2, half of the occasions each."""
    told = _occasions((0.8, 5, 4), (0.5, 5, 1))
    assert told.expected_calibration_error() == pytest.approx(0.15)


def test_errors_within_a_bin_cancel() -> None:
    """Two claims of the same sureness are one group."""
    told = _occasions((0.72, 10, 8), (0.78, 10, 7))
    assert told.expected_calibration_error() == pytest.approx(0.0)


def test_homes_are_joined_claim_by_claim() -> None:
    """All homes together are one long list of claims."""
    told = _occasions((0.8, 5, 4))
    told.join(_occasions((0.5, 5, 1)))
    assert told.total == 10
    assert str(told).startswith("    10 occasions  stated 0.65 happened 0.50")


def test_nothing_to_check_is_said() -> None:
    """A silent home has no figures."""
    assert str(Occasions()) == "nothing to check"
