"""What patterns and errors say in other languages than English."""

import ast
from collections.abc import Iterator
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
from custom_components.pattern_intelligence.stores.base import StoreUnavailableError

OF_COMMANDS = (
    "sources/recorder_database.py",
    "sources/recorder_file.py",
    "sources/recording.py",
)
"""Modules that no Home Assistant uses: commands speak English."""

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


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_texts_of_errors_are_whole(path: Path) -> None:
    """Each language knows each text that an error of Home Assistant's may have."""
    said = json.loads(path.read_text(encoding="utf-8"))["errors"]
    assert sorted(said) == sorted(error_texts())
    for english, text in said.items():
        assert _placeholders(text) == _placeholders(english), english
        assert text.strip() == text != "", english


def test_errors_are_texts_and_values() -> None:
    """A text that is put together before it is raised could not be translated."""
    composed = [
        ast.unparse(call)
        for _, call in _raised()
        for argument in call.args
        if isinstance(argument, ast.JoinedStr)
    ]
    assert composed == []
    assert len(error_texts()) > 50


def test_errors_are_said_in_another_language() -> None:
    """Whatever is filled in, braces included, is only text."""
    error = StoreUnavailableError(
        "{path} cannot be deleted: {reason}", path="a{b}.db", reason="{in use}"
    )
    assert str(error) == error.said({}) == "a{b}.db cannot be deleted: {in use}"
    german = {"{path} cannot be deleted: {reason}": "{reason}: {path}"}
    assert error.said(german) == "{in use}: a{b}.db"
    assert StoreUnavailableError("{").said({}) == "{"


def error_texts() -> set[str]:
    """Return the texts of all errors that are raised in a Home Assistant."""
    texts = set()
    for tree, call in _raised():
        for argument in call.args:
            texts |= set(_texts(tree, argument))
    return texts


def _raised() -> Iterator[tuple[ast.Module, ast.Call]]:
    """Yield the calls that make an error, and the modules they are in."""
    kinds = {"SaidError"}
    trees = [
        ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(FOLDER.parent.rglob("*.py"))
        if not path.relative_to(FOLDER.parent).as_posix().startswith(OF_COMMANDS)
    ]
    classes = [
        n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.ClassDef)
    ]
    for _ in range(4):
        kinds |= {
            each.name
            for each in classes
            if kinds & {base.id for base in each.bases if isinstance(base, ast.Name)}
        }
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id in kinds:
                    yield tree, node


def _texts(tree: ast.Module, node: ast.expr) -> Iterator[str]:
    """Yield the texts that an argument may stand for."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from _texts(tree, body)
            yield from _texts(tree, orelse)
        case ast.Dict(values=values):
            for value in values:
                yield from _texts(tree, value)
        case ast.Subscript(value=ast.Name(id=name)) | ast.Name(id=name):
            for each in tree.body:
                if (
                    isinstance(each, ast.AnnAssign)
                    and isinstance(each.target, ast.Name)
                    and each.target.id == name
                    and each.value is not None
                ):
                    yield from _texts(tree, each.value)
