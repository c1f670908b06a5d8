"""The page about storage names every table and column there is, and no other."""

from pathlib import Path
import re

import pytest

from custom_components.pattern_intelligence.engine.sums import SUM_TABLES
from custom_components.pattern_intelligence.engine.tables import DAY_TABLES, TableSpec

PAGE = Path(__file__).parents[1] / "docs" / "storage.md"


def _described() -> dict[str, set[str]]:
    """Return the columns that the page describes, by table."""
    text = PAGE.read_text(encoding="utf-8")
    found = {}
    for part in re.split(r"^\*\*(?=[a-z_]+\*\*:)", text, flags=re.MULTILINE)[1:]:
        name = part.partition("**")[0]
        rows = re.findall(r"^\| (.*?) \|", part.partition("\n## ")[0], re.MULTILINE)
        found[name] = {column for row in rows for column in re.findall("`(.*?)`", row)}
    return found


def test_every_table_is_described() -> None:
    """Those of days, weeks and months."""
    assert _described().keys() == {spec.name for spec in (*DAY_TABLES, *SUM_TABLES)}


@pytest.mark.parametrize("spec", [*DAY_TABLES, *SUM_TABLES], ids=lambda spec: spec.name)
def test_every_column_is_described(spec: TableSpec) -> None:
    """Keys, numbers, lists, bins and texts."""
    assert _described()[spec.name] == set(spec.columns)
