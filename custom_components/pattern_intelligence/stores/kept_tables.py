"""The tables that a store holds, for whoever takes all of them along."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ..engine.sums import SUM_TABLES
from ..engine.tables import DAY_TABLES, Table, TableSpec
from .base import AggregateStore, Layer


def kept_tables(layer: Layer) -> Sequence[TableSpec]:
    """Return what is kept of each day, or of each week or month."""
    return DAY_TABLES if layer is Layer.DAILY else SUM_TABLES


def read_tables(store: AggregateStore, layer: Layer, start: date) -> dict[str, Table]:
    """Return all that a store keeps of a day, or of a week or month, by table.

    Args:
        store: holds it.
        layer: which.
        start: the day, or the first day of the period.

    Raises:
        StoreError: the store failed.
    """
    found = (
        store.read_days(spec, start, start)
        if layer is Layer.DAILY
        else store.read_periods(layer, spec, start, start)
        for spec in kept_tables(layer)
    )
    return {dated.table.spec.name: dated.table for dated in found}
