"""What is asked of a run, put together from several requests."""

from custom_components.pattern_intelligence.stores.base import Layer
from custom_components.pattern_intelligence.work import Wish

WEEKS, MONTHS = frozenset({Layer.WEEKLY}), frozenset({Layer.MONTHLY})


def test_nothing_wished() -> None:
    """What is due is done anyway."""
    assert not Wish()
    assert not Wish() | Wish()
    assert Wish(again=1)
    assert Wish(layers=WEEKS)
    assert Wish(look_again=True)


def test_both_wishes_are_fulfilled() -> None:
    """Whatever either asks for is in what both ask for."""
    assert Wish(again=2) | Wish(again=5) == Wish(again=5)
    assert Wish(again=2) | Wish(look_again=True) == Wish(again=2, look_again=True)
    both = Wish(layers=WEEKS, back=3) | Wish(layers=MONTHS, back=9)
    assert both == Wish(layers=WEEKS | MONTHS, back=9)


def test_all_periods_are_more_than_some() -> None:
    """Zero stands for all, unless nobody asked for periods there."""
    every = Wish(layers=WEEKS, back=0)
    some = Wish(layers=WEEKS, back=9)
    assert every | some == some | every == every
    assert Wish(again=1) | some == Wish(again=1, layers=WEEKS, back=9)
