"""Tests of what is known alike of servers."""
