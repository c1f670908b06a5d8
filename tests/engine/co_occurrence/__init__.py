"""Tests of engine.co_occurrence."""
