"""Habits that follow the sun, a measured number or a state, rather than the clock."""
