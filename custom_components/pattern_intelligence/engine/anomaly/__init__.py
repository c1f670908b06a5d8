"""What a day is judged by, and how surprising is too surprising."""
