"""Trends and yearly swings, by sums of weeks and months."""
