"""Who caused a happening: a user, an automation, or the device or a hand.

Home Assistant opens a new context for each run of an automation and announces it
with an ``automation_triggered`` event; the context's parent is what triggered
the run, if anything did. A service called by a person carries the user's id.
"""

from __future__ import annotations

PHYSICAL = 0
"""The device itself or a hand on it: neither user nor parent is known."""

USER = 1
"""A user of Home Assistant: the context carries the id of one."""

AUTOMATION = 2
"""This code and those above: an automation or a script, by its index."""

UNNAMED_AUTOMATION = ""
"""Stands for an automation that left a parent context but no event."""


def grade(*, has_user: bool, has_parent: bool, automation: int | None) -> int:
    """Return the code of who caused a state.

    Args:
        has_user: the state's context carries a user's id.
        has_parent: the state's context has a parent.
        automation: index of the automation whose run opened that context;
            the index of the unnamed one need not be given.

    Returns:
        ``PHYSICAL``, ``USER``, or ``AUTOMATION`` plus an index. Index 0 is the
        unnamed automation.
    """
    if automation is not None:
        return AUTOMATION + automation
    if has_user:
        return USER
    if has_parent:
        return AUTOMATION
    return PHYSICAL
