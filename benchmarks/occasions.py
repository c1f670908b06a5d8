"""How far stated probabilities may be believed: Brier score and calibration."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

BIN_EDGES = np.linspace(0, 1, 11)


@dataclass
class Occasions:
    """What was stated, and on how many occasions it happened.

    Attributes:
        stated: a confidence for each claim checked.
        occasions: how often each could happen.
        happened: how often each did.
    """

    stated: list[float] = field(default_factory=list)
    occasions: list[int] = field(default_factory=list)
    happened: list[int] = field(default_factory=list)

    def add(self, stated: float, occasions: int, happened: int) -> None:
        """Add a claim that was checked."""
        self.stated.append(stated)
        self.occasions.append(occasions)
        self.happened.append(happened)

    def join(self, other: Occasions) -> None:
        """Add all claims of another home."""
        self.stated.extend(other.stated)
        self.occasions.extend(other.occasions)
        self.happened.extend(other.happened)

    @property
    def total(self) -> int:
        """Return on how many occasions anything could happen."""
        return sum(self.occasions)

    def brier(self, stated: Sequence[float] | None = None) -> float:
        """Return the mean squared error of what was stated, an occasion at a time."""
        said = np.array(self.stated if stated is None else stated)
        happened, occasions = np.array(self.happened), np.array(self.occasions)
        squares = happened * (1 - said) ** 2 + (occasions - happened) * said**2
        return float(squares.sum() / self.total)

    def constant_brier(self) -> float:
        """Return the error of the best constant: how often anything happened."""
        share = sum(self.happened) / self.total
        return self.brier([share] * len(self.stated))

    def expected_calibration_error(self) -> float:
        """Return the mean distance of stated from happened, over bins of a tenth."""
        said, weight = np.array(self.stated), np.array(self.occasions, float)
        happened = np.array(self.happened, float)
        bins = np.digitize(said, BIN_EDGES[1:-1])
        apart = [
            abs(float(happened[own].sum() - said[own] @ weight[own]))
            for own in (bins == number for number in range(BIN_EDGES.size - 1))
        ]
        return sum(apart) / self.total

    def __str__(self) -> str:
        """Return the figures in a line."""
        if not self.total:
            return "nothing to check"
        constant = self.constant_brier()
        skill = 1 - self.brier() / constant if constant else float("nan")
        said = float(np.average(self.stated, weights=self.occasions))
        return (
            f"{self.total:6d} occasions  stated {said:.2f} happened "
            f"{sum(self.happened) / self.total:.2f}  Brier {self.brier():.3f} constant "
            f"{constant:.3f} skill {skill:+.3f}  ECE "
            f"{self.expected_calibration_error():.3f}"
        )
