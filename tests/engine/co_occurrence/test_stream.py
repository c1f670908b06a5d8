"""Whose turn it is in a home, beside one place at a time."""

from __future__ import annotations

from hypothesis import given, strategies as st
import numpy as np

from custom_components.pattern_intelligence.engine.co_occurrence.stream import Course


@given(st.lists(st.integers(0, 2), min_size=1, max_size=12), st.integers(0, 2))
def test_others_are_passed_on_to_one_at_a_time(entities: list[int], own: int) -> None:
    """From every place on and back, past whatever the own entity does."""
    size = len(entities)
    course = Course(np.arange(size), np.arange(size), np.array(entities, np.int32))
    later, earlier = list(range(size + 1)), list(range(-1, size))
    forth = course.others_from(np.array(later), np.full(size + 1, own, np.int32))
    back = course.others_until(np.array(earlier), own)
    for place in range(size + 1):
        while later[place] < size and entities[later[place]] == own:
            later[place] += 1
        while earlier[place] >= 0 and entities[earlier[place]] == own:
            earlier[place] -= 1
    assert forth.tolist() == later
    assert back.tolist() == earlier
