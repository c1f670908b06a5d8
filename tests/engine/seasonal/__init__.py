"""Tests of what trends and swings are reckoned with."""
