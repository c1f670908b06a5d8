"""Sources of a home's past."""
