"""Series whose errors last, against whole matrices and plain integration."""

from math import cos, lgamma, pi, sqrt

from hypothesis import given, settings, strategies as st
import numpy as np
from numpy.typing import NDArray
import pytest

from custom_components.pattern_intelligence.engine.seasonal.regression import (
    LASTING,
    OPEN_MINDED,
    fit,
    outlook,
    plausible,
    tamed,
    usual as usual_of,
)
from custom_components.pattern_intelligence.engine.seasonal.student import (
    fisher_tail,
    student_tail,
)

type Floats = NDArray[np.float64]


def _naive_tail(t: float, freedom: int, steps: int = 20_000) -> float:
    """Return the chance beyond t, summing the density of t = sqrt(f) tan(u)."""
    begin = np.arctan(t / sqrt(freedom))
    width = (pi / 2 - begin) / steps
    mass = sum(
        cos(begin + (step + 0.5) * width) ** (freedom - 1) for step in range(steps)
    )
    whole = sqrt(pi) * np.exp(lgamma(freedom / 2) - lgamma((freedom + 1) / 2))
    return float(mass * width / whole)


def _covariance(known: list[int], lasting: float) -> Floats:
    """Return that of errors of which a share lasts to the next period."""
    return np.array([[lasting ** abs(a - b) for b in known] for a in known])


def _naive_fit(
    values: Floats, design: Floats, tested: slice, grain: float, lasting: float
) -> tuple[float, Floats, float]:
    """Return likelihood, coefficients and ratio of F by whole matrices."""
    known = [at for at, value in enumerate(values) if np.isfinite(value)]
    x, y = design[known], values[known]
    inverse = np.linalg.inv(_covariance(known, lasting))
    inner = np.linalg.inv(x.T @ inverse @ x)
    found = inner @ x.T @ inverse @ y
    rest = (y - x @ found) @ inverse @ (y - x @ found)
    freedom = len(known) - design.shape[1]
    rest += freedom * grain**2
    likelihood = 0.5 * (
        np.linalg.slogdet(inverse)[1] + np.linalg.slogdet(inner)[1]
    ) - freedom / 2 * np.log(rest)
    asked = found[tested]
    ratio = asked @ np.linalg.inv(inner[tested, tested]) @ asked / asked.size
    return float(likelihood), found, float(ratio / (rest / freedom))


SERIES = st.lists(
    st.lists(
        st.one_of(st.floats(-50, 50), st.floats(-50, 50), st.just(float("nan"))),
        min_size=14,
        max_size=14,
    ),
    min_size=1,
    max_size=4,
)
WEEKS = np.arange(14) - 6.5
DESIGNS = (
    (np.column_stack([np.ones(14), WEEKS]), slice(1, 2)),
    (np.column_stack([np.ones(14), WEEKS, np.cos(WEEKS), np.sin(WEEKS)]), slice(2, 4)),
)


@settings(max_examples=25, deadline=None)
@given(SERIES, st.sampled_from(DESIGNS), st.sampled_from([0.01, 1.0]))
def test_equals_whole_matrices(
    series: list[list[float]], asked: tuple[Floats, slice], grain: float
) -> None:
    """Coefficients, likelihood and p of each share, gaps or not, and their average."""
    design, tested = asked
    values = np.array([one for one in series if np.isfinite(one).sum() >= 8])
    if not values.size:
        return
    fits = fit(values, design, tested, grain)
    naive = np.empty((len(values), LASTING.size))
    chances = np.empty_like(naive)
    for row, own in enumerate(values):
        freedom = int(np.isfinite(own).sum()) - design.shape[1]
        for at, lasting in enumerate(LASTING.tolist()):
            likelihood, found, ratio = _naive_fit(own, design, tested, grain, lasting)
            naive[row, at] = likelihood
            chances[row, at] = (
                2 * float(student_tail(np.array([sqrt(ratio)]), freedom)[0])
                if found[tested].size == 1
                else (1 + 2 * ratio / freedom) ** (-freedom / 2)
            )
            np.testing.assert_allclose(
                fits.coefficients[row, at], found, rtol=1e-6, atol=1e-8
            )
    np.testing.assert_allclose(
        fits.likelihood - fits.likelihood[:, :1], naive - naive[:, :1], atol=1e-6
    )
    believed = np.array([1 - share for share in LASTING])
    believed /= believed.sum()
    usual = believed
    for _ in range(30):
        shares = np.zeros(LASTING.size)
        for own in naive:
            likely = np.exp(own - own.max()) * usual
            shares += likely / likely.sum()
        usual = (shares + OPEN_MINDED * believed) / (len(naive) + OPEN_MINDED)
    np.testing.assert_allclose(usual_of(fits.likelihood), usual, atol=1e-6)
    for row, own in enumerate(naive):
        likely = np.exp(own - own.max()) * usual
        expected = float(likely @ chances[row] / likely.sum())
        assert fits.p_values(usual_of(fits.likelihood))[row] == pytest.approx(
            expected, abs=1e-7
        )


def test_what_was_put_nearer_makes_a_line_less_sure() -> None:
    """Of four fifths that were held, t is four fifths of what it seems to be."""
    values = np.array([[0, 3, 1, 4, 2, 6, 5, 5, 8, 6, 9, 8, 12, 10.0]])
    design, tested = DESIGNS[0]
    fits = fit(values, design, tested, 0.01, np.array([0.8]))
    for at, lasting in enumerate(LASTING.tolist()):
        *_, ratio = _naive_fit(values[0], design, tested, 0.01, lasting)
        tail = float(student_tail(np.array([0.8 * sqrt(ratio)]), 12)[0])
        assert fits.chance[0, at] == pytest.approx(2 * tail)


@pytest.mark.parametrize("lasting", [0.0, 0.5])
def test_a_design_is_believed_by_its_likelihood_and_its_size(lasting: float) -> None:
    """The greatest likelihood of a sure share, less half a log of 13 a column."""
    values = np.array([0, 3, 1, 4, np.nan, 6, 5, 5, 8, 6, 9, 8, 12, 10.0])
    known = np.flatnonzero(np.isfinite(values)).tolist()
    usual = np.isclose(LASTING, lasting).astype(float).clip(1e-300)
    covariance = _covariance(known, lasting)
    inverse = np.linalg.inv(covariance)
    for design, _ in DESIGNS:
        x, y = design[known], values[known]
        error = y - x @ np.linalg.solve(x.T @ inverse @ x, x.T @ inverse @ y)
        rest = error @ inverse @ error + 13 * 0.01**2
        expected = -(np.linalg.slogdet(covariance)[1] + 13 * np.log(rest)) / 2
        expected -= design.shape[1] * np.log(13) / 2
        assert plausible(values, design, usual, 0.01) == pytest.approx(expected)


@pytest.mark.parametrize("freedom", [5, 11, 24, 50])
@pytest.mark.parametrize("t", [0.0, 0.7, 2.5, 8.0])
def test_tails_are_those_of_the_density(t: float, freedom: int) -> None:
    """Summed in twenty thousand steps; below nought it is what is left."""
    expected = _naive_tail(t, freedom)
    tails = student_tail(np.array([t, -t]), freedom)
    assert tails[0] == pytest.approx(expected, rel=1e-6)
    assert tails.sum() == pytest.approx(1.0)


def test_fisher_by_hand() -> None:
    """With two degrees above, F = 3 and 4 below: (1 + 2 * 3 / 4) ** -2 = 0.16."""
    assert fisher_tail(np.array([3.0]), 4)[0] == pytest.approx(0.16)


def test_the_outlook_of_a_line_without_errors() -> None:
    """10, 12, 14, ... goes on: after twelve weeks the next two are 34 and 36."""
    weeks = np.linspace(0, 11, 12)
    design = np.column_stack([np.ones(12), weeks])
    weight = np.full(LASTING.size, 1 / LASTING.size)
    coming = np.array([1, 12.5])
    found = outlook(10 + 2 * weeks, design, weight, coming, 0.5, np.array([12, 13]))
    np.testing.assert_allclose(found.mean, 35)
    assert found.above(35) == pytest.approx(0.5)
    assert found.above(30) > 0.99
    assert found.quantile(0.5) == pytest.approx(35, abs=1e-6)


def test_what_lasts_is_expected_to_last() -> None:
    """The last value is off: the more lasts, the nearer to it the next is expected."""
    values = np.array([0.0, 0.1, -0.1, 0.0, 0.1, -0.1, 0.0, 0.1, -0.1, 0.0, 0.1, 5.0])
    design = np.ones((12, 1))
    weight = np.full(LASTING.size, 1 / LASTING.size)
    found = outlook(values, design, weight, np.ones(1), 0.1, np.array([12]))
    assert (np.diff(found.mean) > 0).all()


def test_one_week_of_visitors_is_put_in_its_place() -> None:
    """A week far out comes to 2.5 usual errors; the others stay; gaps stay gaps."""
    values = np.array([[0.0, 1, 0, -1, 0, 1, 0, -1, 0, 1, 90, -1, np.nan, 1]])
    kept = tamed(values, np.ones((14, 1)), 0.01)
    assert 1 < kept[0, 10] < 6
    assert np.isnan(kept[0, 12])
    np.testing.assert_allclose(np.delete(kept[0], 10), np.delete(values[0], 10))


@given(st.integers(0, 2**32 - 1))
def test_what_is_near_stays_to_the_last_digit(seed: int) -> None:
    """Also around zero, where a difference that is added again is rounded."""
    values = np.random.default_rng(seed).uniform(-1, 1, (4, 40))
    design = np.stack([np.ones(40), np.linspace(-1, 1, 40)], axis=1)
    np.testing.assert_array_equal(tamed(values, design, 1.0), values)
