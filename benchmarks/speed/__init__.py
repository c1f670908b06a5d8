"""How long the product takes, and how much memory, on stated data."""
