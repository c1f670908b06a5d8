"""Times of day: their search, their test, and what is stated of them."""
