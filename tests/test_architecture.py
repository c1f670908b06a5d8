"""The rules of who may import whom, read from the source itself."""

import ast
from collections.abc import Iterator
import json
from pathlib import Path
import sys

import pytest

REPO = Path(__file__).parents[1]
PACKAGE = "custom_components.pattern_intelligence"
INTEGRATION = REPO.joinpath(*PACKAGE.split("."))
LAYERS = ("engine", "sources", "stores", "wire")
MAX_LINES = 350

# What each layer may import of the integration. Glue is whatever is in no layer.
ALLOWED_LAYERS = {
    "engine": {"engine"},
    "wire": {"engine", "wire"},
    "sources": {"engine", "sources", "wire"},
    "stores": {"engine", "stores", "wire"},
}
# The engine takes time zone, clock and seed as arguments, and does no I/O.
IMPURE = {
    "asyncio",
    "http",
    "logging",
    "multiprocessing",
    "os",
    "pathlib",
    "random",
    "shutil",
    "socket",
    "sqlite3",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib",
}
# What Home Assistant ships and the engine may use: it only reckons.
PURE = {"astral"}
ENVIRONMENT_READS = {"now", "today", "utcnow", "open", "print", "input", "default_rng"}
# Importable in every Home Assistant, so no requirement of ours.
SHIPPED_BY_CORE = {
    "astral",
    "homeassistant",
    "sqlalchemy",
    "voluptuous",
    "voluptuous_serialize",
    "aiohttp",
    "propcache",
    "urllib3",
    "yaml",
    "yarl",
}


def _modules(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def _module_name(path: Path) -> str:
    parts = path.relative_to(REPO).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(path: Path) -> set[str]:
    """Return the absolute name of everything a module imports, wherever it does."""
    package = _module_name(path)
    if path.name != "__init__.py":
        package = package.rpartition(".")[0]
    return set(_imports_of(path.read_text(encoding="utf-8"), package))


def _imports_of(source: str, package: str) -> Iterator[str]:
    """Yield what the source of a module in the package imports."""
    above = package.split(".")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = above[: len(above) - node.level + 1] if node.level else []
            base = ".".join([*parts, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _layer_of(name: str) -> str | None:
    """Name the layer a module of the integration belongs to, `glue` or none."""
    if not name.startswith(f"{PACKAGE}."):
        return None
    first = name.removeprefix(f"{PACKAGE}.").split(".")[0]
    return first if first in LAYERS else "glue"


def _identify(path: Path) -> str:
    return str(path.relative_to(REPO))


LAYERED = [path for layer in LAYERS for path in _modules(INTEGRATION / layer)]
ENGINE = _modules(INTEGRATION / "engine")


def test_the_engine_is_found() -> None:
    """The checks below look at something."""
    assert len(ENGINE) > 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a.b", {"a.b"}),
        ("from . import c", {f"{PACKAGE}.engine", f"{PACKAGE}.engine.c"}),
        ("from ..stores import d", {f"{PACKAGE}.stores", f"{PACKAGE}.stores.d"}),
        ("def f():\n    from x import y", {"x", "x.y"}),
    ],
)
def test_imports_are_resolved(text: str, expected: set[str]) -> None:
    """Relative, absolute and nested imports give absolute names."""
    assert set(_imports_of(text, f"{PACKAGE}.engine")) == expected


@pytest.mark.parametrize("path", LAYERED, ids=_identify)
def test_layers_import_only_what_they_may(path: Path) -> None:
    """The engine knows nobody, stores and sources not each other, and none the glue."""
    layer = _layer_of(_module_name(path))
    assert layer is not None
    reached = {
        name: other
        for name in _imports(path)
        if (other := _layer_of(name)) and other not in ALLOWED_LAYERS[layer]
    }
    assert reached == {}


@pytest.mark.parametrize("path", ENGINE, ids=_identify)
def test_the_engine_is_pure(path: Path) -> None:
    """The engine imports neither Home Assistant nor what does I/O or reads a clock."""
    roots = {name.split(".")[0] for name in _imports(path)}
    assert roots & (IMPURE | SHIPPED_BY_CORE - PURE) == set()


@pytest.mark.parametrize("path", ENGINE, ids=_identify)
def test_the_engine_reads_no_environment(path: Path) -> None:
    """No clock, file, terminal or unseeded generator is asked by the engine."""
    calls = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]
    asked = set()
    for call in calls:
        name = getattr(call.func, "attr", getattr(call.func, "id", None))
        seeded = name == "default_rng" and (call.args or call.keywords)
        if name in ENVIRONMENT_READS and not seeded:
            asked.add(f"{name} in line {call.lineno}")
    assert asked == set()


@pytest.mark.parametrize("path", _modules(INTEGRATION), ids=_identify)
def test_third_parties_are_required(path: Path) -> None:
    """What the integration imports, Home Assistant ships or the manifest requires."""
    manifest = json.loads((INTEGRATION / "manifest.json").read_text(encoding="utf-8"))
    required = {
        requirement.split(">")[0].split("=")[0].replace("-", "_")
        for requirement in manifest["requirements"]
    }
    known = {*sys.stdlib_module_names, *SHIPPED_BY_CORE, *required, "custom_components"}
    roots = {name.split(".")[0] for name in _imports(path)}
    assert roots - known == set()


@pytest.mark.parametrize(
    "path",
    [
        path
        for folder in (INTEGRATION, REPO / "scripts", REPO / "benchmarks")
        for path in _modules(folder)
    ],
    ids=_identify,
)
def test_modules_stay_small(path: Path) -> None:
    """A module that outgrows a few screens holds more than one concept."""
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= MAX_LINES
