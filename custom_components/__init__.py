"""Lets tests and tools import the integration as Home Assistant does."""
