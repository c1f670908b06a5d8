"""Chains of steps, grown from links."""
