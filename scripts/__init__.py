"""Commands for working on the integration, and the Python behind them."""
