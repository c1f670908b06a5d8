"""What is known of the time before the window: sums of weeks and months."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import override

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


class OnDemand(Mapping[str, DatedTable]):
    """Tables by name, each read when it is first asked for: some never are.

    Args:
        names: of all that there are.
        read: returns the table of a name.
    """

    def __init__(
        self, names: tuple[str, ...], read: Callable[[str], DatedTable]
    ) -> None:
        """Take where they come from; nothing is read yet."""
        self._names = names
        self._read = read
        self._held: dict[str, DatedTable] = {}

    @override
    def __getitem__(self, name: str) -> DatedTable:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._held:
            self._held[name] = self._read(name)
        return self._held[name]

    @override
    def __contains__(self, name: object) -> bool:
        return name in self._names

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    @override
    def __len__(self) -> int:
        return len(self._names)
