"""What depends on the kind of day."""
