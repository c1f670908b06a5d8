"""Homes with known truth, and reports of how well detectors do on them."""
