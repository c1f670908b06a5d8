"""Learns the habits of a household from what the recorder kept."""
