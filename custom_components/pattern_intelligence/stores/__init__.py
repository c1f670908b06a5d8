"""Stores of aggregates."""
