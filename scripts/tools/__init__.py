"""The Python behind the commands."""
