"""Tests of the benchmarks: their homes must be what they claim to be."""
