"""Tests of what the contextual detector is made of."""
