"""What patterns and errors say in other languages than English."""

import json
from pathlib import Path
import re

import pytest

from custom_components.pattern_intelligence.engine.wording import PHRASES
from custom_components.pattern_intelligence.sources import phrases
from custom_components.pattern_intelligence.sources.phrases import (
    FOLDER,
    Phrases,
    phrases_in,
)

FILES = sorted(FOLDER.glob("*.json"))


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w*)", text))


@pytest.mark.parametrize("tag", ["en", "en-GB", "tlh", "", "../translations/en", "."])
def test_what_nobody_translated_is_said_in_english(tag: str) -> None:
    """Also what is no language at all."""
    assert phrases_in(tag) == Phrases()


def test_the_nearest_language_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a region that has no words of its own, the language's."""
    said = {"patterns": {"days.every": "jeden Tag"}, "errors": {}}
    (tmp_path / "de.json").write_text(json.dumps(said), encoding="utf-8")
    monkeypatch.setattr(phrases, "FOLDER", tmp_path)
    assert phrases_in("de-CH").patterns == said["patterns"]
    assert phrases_in("de") == phrases_in("de-CH-1996")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_phrases_of_patterns_are_whole(path: Path) -> None:
    """Each language says all that English says, and fills in the same."""
    said = json.loads(path.read_text(encoding="utf-8"))["patterns"]
    assert list(said) == list(PHRASES)
    for name, text in said.items():
        assert _placeholders(text) == _placeholders(PHRASES[name]), name
        assert text.strip() == text != "", name
