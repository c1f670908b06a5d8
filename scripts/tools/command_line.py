"""Arguments of the commands."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from typing import NoReturn, override

from .failure import UNUSABLE


class Parser(argparse.ArgumentParser):
    """A parser that says in one line what is wrong.

    Args:
        name: the command's.
        description: what it does.
    """

    def __init__(self, name: str, description: str | None) -> None:
        """Make a parser without arguments."""
        super().__init__(
            prog=name, description=description, allow_abbrev=False, color=False
        )

    @override
    def error(self, message: str) -> NoReturn:
        """End with one line."""
        self.exit(UNUSABLE, f"{self.prog}: {message}; see --help\n")


def iso_date(text: str) -> date:
    """Return the date that an argument names."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no date such as 2026-02-28"
        ) from None


def at_least(least: int) -> Callable[[str], int]:
    """Return what reads a whole number.

    Args:
        least: the smallest one that is allowed.
    """

    def read(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(
                f"{text!r} is no whole number from {least} up"
            )
        return int(text)

    return read
