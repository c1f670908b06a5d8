"""Sittings: what is begun together in a room."""
