"""The engine: pure functions from rows to patterns, free of Home Assistant and I/O."""
