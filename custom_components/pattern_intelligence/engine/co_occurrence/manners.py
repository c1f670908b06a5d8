"""In which manners one thing may follow another: within a lag, or as the next thing."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import HOUR_MS, MINUTE_MS, SECOND_MS
from ..tables import Numbers

LAGS_MS: Final = (20 * SECOND_MS, MINUTE_MS, 4 * MINUTE_MS, 15 * MINUTE_MS)
"""Lags that are tried, about a factor of four apart: from at once to a while."""

NEXT: Final = len(LAGS_MS)
"""The number of the manner "the next thing that begins elsewhere"."""

MANNERS: Final = NEXT + 1
"""How many manners of following are tried."""

NEXT_WITHIN_MS: Final = 12 * HOUR_MS
"""A next thing that takes longer than a night has nothing to do with the cause."""


def followed(
    lags: Numbers, manner: int, until_next: Numbers | None = None
) -> NDArray[np.bool_]:
    """Tell which occasions were followed in a manner.

    Args:
        lags: shape (n,), of :meth:`Stream.lags`.
        manner: index into ``LAGS_MS``, or ``NEXT``.
        until_next: shape (n,), of :attr:`Stream.until_other`, for ``NEXT``.
    """
    near = lags == until_next if manner == NEXT else lags <= LAGS_MS[manner]
    hits: NDArray[np.bool_] = (lags > 0) & near
    return hits
