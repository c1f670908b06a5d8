"""What is known of the time before the window: sums of weeks and months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .tables import DatedTable


@dataclass(frozen=True, eq=False)
class History:
    """The roll-ups of complete weeks and months up to a day.

    Attributes:
        weeks: tables by name; a row's day is its week's Monday.
        months: tables by name; a row's day is the first of its month.
    """

    weeks: Mapping[str, DatedTable] = field(default_factory=dict)
    months: Mapping[str, DatedTable] = field(default_factory=dict)
