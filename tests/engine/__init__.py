"""Tests of the engine: plain functions, no Home Assistant."""
