"""Tests of engine.time_of_day."""
