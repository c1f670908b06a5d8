"""Rooms: when they are in use, and where people go next."""
