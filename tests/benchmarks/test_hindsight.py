"""What no number per pattern can exceed, by hand and where the truth is known."""

import numpy as np
import pytest

from benchmarks.hindsight import DailyOccasions, Days, best_skill, by_day
from custom_components.pattern_intelligence.engine.evidence import Tally


def _days(happened: int, days: int) -> Days:
    """Return days of one occasion each."""
    return [(1, int(day < happened)) for day in range(days)]


def test_two_claims_by_hand() -> None:
    """Shares .8 and .2 lie .3 from their mean; each is known but by ten days."""
    chance = 0.8 * 0.2 / 9
    expected = (0.3**2 - chance / 2) / 0.25
    assert best_skill([_days(8, 10), _days(2, 10)]) == pytest.approx(expected)


def test_no_number_helps_where_all_claims_are_alike() -> None:
    """Shares of five days differ much by chance, and that is not counted."""
    rng = np.random.default_rng(1)
    alike = [_days(int(rng.binomial(5, 0.7)), 5) for _ in range(4000)]
    shares = np.array([sum(did for _, did in days) / 5 for days in alike])
    assert shares.var() / 0.21 > 0.15
    assert best_skill(alike) == pytest.approx(0.0, abs=0.02)


def test_claims_that_differ_are_told_by_how_much() -> None:
    """Half of the claims come true at .5, half at .9: .04 of a variance of .21."""
    rng = np.random.default_rng(2)
    rates = np.repeat([0.5, 0.9], 2000)
    claims = [_days(int(rng.binomial(5, rate)), 5) for rate in rates]
    assert best_skill(claims) == pytest.approx(0.04 / 0.21, abs=0.02)


def test_occasions_of_one_day_are_no_evidence_of_their_own() -> None:
    """On each day all ten occasions go alike; the claims do not differ for that."""
    rng = np.random.default_rng(3)
    claims = [
        [(10, 10 * int(rng.random() < 0.7)) for _ in range(5)] for _ in range(4000)
    ]
    assert best_skill(claims) == pytest.approx(0.0, abs=0.02)


def test_a_single_day_tells_nothing() -> None:
    """How far it is chance cannot be seen, and a day without occasions is none."""
    assert best_skill([[(3, 2)], [(2, 0), (0, 0)]]) is None
    assert best_skill([]) is None


def test_what_always_happens_leaves_nothing_to_tell() -> None:
    """The best constant is right already."""
    assert best_skill([_days(5, 5), _days(3, 3)]) is None


def test_the_ceiling_stands_beside_what_was_reached() -> None:
    """Days are summed up for each claim, homes are joined claim by claim."""
    told, other = DailyOccasions(), DailyOccasions()
    told.add_days(0.8, _days(8, 10))
    # A claim alone differs from none.
    assert str(told).endswith("at most +0.000")
    other.add_days(0.3, [(4, 1), (6, 1)])
    told.join_days(other)
    assert (told.occasions, told.happened) == ([10, 10], [8, 2])
    most = best_skill([_days(8, 10), [(4, 1), (6, 1)]])
    assert str(told).endswith(f"at most {most:+.3f}")
    assert str(DailyOccasions()) == "nothing to check"


def test_what_is_over_is_counted_once() -> None:
    """What began on Monday and was over on Tuesday is Tuesday's."""
    assert by_day([Tally(2, 1), Tally(2, 1), Tally(5, 2)]) == [(2, 1), (0, 0), (3, 1)]
