"""Tests of engine.anomaly."""
