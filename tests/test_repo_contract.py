"""What hassfest, the HACS action and core's reviewers check, as far as it goes offline.

Hassfest is not in the installed Home Assistant, and it skips the quality scale of
custom integrations; so the rules that this repository must keep are tested here.
"""

from collections.abc import Iterator
import importlib.resources
import json
import os
from pathlib import Path
import re
import struct
from typing import Any

from homeassistant.auth.mfa_modules import totp
from homeassistant.const import __version__ as HA_VERSION
from packaging.requirements import Requirement
from packaging.version import Version
import pytest
import yaml

REPO = Path(__file__).parents[1]
DOMAIN = "pattern_intelligence"
INTEGRATION = REPO / "custom_components" / DOMAIN
TRANSLATIONS = INTEGRATION / "translations"
CORE = Path(str(importlib.resources.files("homeassistant")))
HOME = f"https://github.com/pattern-intelligence/{DOMAIN}"

LANGUAGES = {"de", "es", "fr", "nl"}
LONGEST_NAME = 24
"""Characters of what may be the same in two languages, such as InfluxDB 2 (a server)."""

MANIFEST_REQUIRED = {
    "codeowners",
    "documentation",
    "domain",
    "integration_type",
    "iot_class",
    "issue_tracker",
    "name",
    "version",
}
MANIFEST_OPTIONAL = {
    "after_dependencies",
    "config_flow",
    "dependencies",
    "import_executor",
    "loggers",
    "quality_scale",
    "requirements",
    "single_config_entry",
}
HACS_KEYS = {
    "content_in_root",
    "country",
    "filename",
    "hacs",
    "hide_default_branch",
    "homeassistant",
    "name",
    "persistent_directory",
    "render_readme",
    "zip_release",
}


def _load_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _load_yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _requirements(path: Path) -> list[Requirement]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def _pins(path: Path) -> dict[str, str]:
    """Return the pinned version of every package in a requirements file."""
    pins = {}
    for requirement in _requirements(path):
        (specifier,) = requirement.specifier
        assert specifier.operator == "==", f"{requirement} is not pinned"
        pins[requirement.name.lower()] = specifier.version
    return pins


def _leaves(tree: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the dotted path and the text of every string in nested mappings."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from _leaves(value, f"{path}.{key}" if path else key)
    else:
        assert isinstance(tree, str), f"{path} is no text"
        yield path, tree


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def _png_size(path: Path) -> tuple[int, int]:
    header = path.read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", header[16:24])
    return width, height


@pytest.fixture(scope="module", name="manifest")
def manifest_fixture() -> dict[str, Any]:
    """Return the integration's manifest."""
    manifest: dict[str, Any] = _load_json(INTEGRATION / "manifest.json")
    return manifest


@pytest.fixture(scope="module", name="english")
def english_fixture() -> dict[str, Any]:
    """Return the English translations, which the other languages follow."""
    english: dict[str, Any] = _load_json(TRANSLATIONS / "en.json")
    return english


@pytest.fixture(scope="module", name="services")
def services_fixture() -> dict[str, Any]:
    """Return the descriptions of the services."""
    services: dict[str, Any] = _load_yaml(INTEGRATION / "services.yaml")
    return services


def test_manifest_has_the_keys_that_are_known(manifest: dict[str, Any]) -> None:
    """Hassfest refuses unknown keys, and HACS missing ones."""
    assert manifest.keys() >= MANIFEST_REQUIRED
    assert manifest.keys() <= MANIFEST_REQUIRED | MANIFEST_OPTIONAL


def test_manifest_keys_are_in_order(manifest: dict[str, Any]) -> None:
    """Domain and name come first, then the alphabet."""
    keys = list(manifest)
    assert keys == ["domain", "name", *sorted(set(keys) - {"domain", "name"})]


def test_manifest_says_what_it_is(manifest: dict[str, Any]) -> None:
    """The manifest names this integration, its people and its pages."""
    assert manifest["domain"] == INTEGRATION.name == DOMAIN
    assert manifest["documentation"].startswith(HOME)
    assert manifest["issue_tracker"] == f"{HOME}/issues"
    assert manifest["config_flow"] is True
    assert manifest["single_config_entry"] is True
    assert manifest["integration_type"] == "service"
    assert manifest["iot_class"] == "calculated"
    assert all(owner.startswith("@") for owner in manifest["codeowners"])
    assert re.fullmatch(r"\d+\.\d+\.\d+", manifest["version"])


def test_dependencies_exist_in_core(manifest: dict[str, Any]) -> None:
    """What it depends on is part of Home Assistant, and named once."""
    names = [*manifest["dependencies"], *manifest["after_dependencies"]]
    assert len(names) == len(set(names))
    assert [name for name in names if not (CORE / "components" / name).is_dir()] == []


def test_the_only_integration_here() -> None:
    """HACS installs one integration a repository."""
    folders = [path.parent.name for path in INTEGRATION.parent.glob("*/manifest.json")]
    assert folders == [DOMAIN]


def test_requirements_are_ranges_that_the_pins_meet(manifest: dict[str, Any]) -> None:
    """A pin would fight core's constraints; the tests' own pin is in the range."""
    pins = _pins(REPO / "requirements_test.txt")
    for text in manifest["requirements"]:
        requirement = Requirement(text)
        assert {spec.operator for spec in requirement.specifier} <= {">=", "<"}, text
        assert requirement.specifier.contains(pins[requirement.name.lower()]), text


def test_requirements_meet_cores_constraints(manifest: dict[str, Any]) -> None:
    """What core constrains can be installed beside it."""
    lines = (CORE / "package_constraints.txt").read_text(encoding="utf-8").splitlines()
    constraints = {
        line.split("==")[0].lower(): line.split("==")[1]
        for line in lines
        if "==" in line and not line.startswith("#")
    }
    pins = _pins(REPO / "requirements_test.txt")
    requirements = [Requirement(text) for text in manifest["requirements"]]
    both = {r.name.lower() for r in requirements} & constraints.keys()
    assert {"numpy", "pandas"} <= both
    assert [
        r.name
        for r in requirements
        if r.name.lower() in both
        and not r.specifier.contains(constraints[r.name.lower()])
    ] == []
    assert {name: pins[name] for name in both} == {n: constraints[n] for n in both}


def test_demo_pins_are_those_of_core() -> None:
    """Home Assistant finds its components' requirements installed as it pins them."""
    core = {requirement.lower() for requirement in totp.REQUIREMENTS}
    for path in (CORE / "components").glob("*/manifest.json"):
        core.update(text.lower() for text in _load_json(path).get("requirements", []))
    pins = _pins(REPO / "scripts" / "requirements_demo.txt")
    assert {f"{name}=={version}" for name, version in pins.items()} - core == set()


def test_hacs_json() -> None:
    """HACS knows every key, and offers the integration to no older Home Assistant."""
    hacs = _load_json(REPO / "hacs.json")
    assert hacs.keys() <= HACS_KEYS
    assert hacs["name"] == _load_json(INTEGRATION / "manifest.json")["name"]
    least, tested = Version(hacs["homeassistant"]), Version(HA_VERSION)
    assert least <= tested
    assert least.release[:2] == tested.release[:2]


def test_the_pages_that_a_repository_needs() -> None:
    """HACS shows the README, and an open license is what lets people use it."""
    assert (REPO / "README.md").is_file()
    assert "Apache License" in (REPO / "LICENSE").read_text(encoding="utf-8")


@pytest.mark.parametrize("prefix", ["", "dark_"])
def test_brand_images_have_the_sizes_of_the_brands(prefix: str) -> None:
    """Icons are squares of 256 and 512, logos as high as these at most."""
    brand = INTEGRATION / "brand"
    assert _png_size(brand / f"{prefix}icon.png") == (256, 256)
    assert _png_size(brand / f"{prefix}icon@2x.png") == (512, 512)
    width, height = _png_size(brand / f"{prefix}logo.png")
    assert 128 <= min(width, height) <= 256
    wide, high = _png_size(brand / f"{prefix}logo@2x.png")
    assert high == 2 * height
    assert abs(wide - 2 * width) <= 1


def test_no_core_only_strings() -> None:
    """Custom integrations have translations, no strings.json."""
    assert not (INTEGRATION / "strings.json").exists()
    assert (TRANSLATIONS / "en.json").is_file()


def test_languages() -> None:
    """All that is translated is translated to the same languages."""
    for folder in (TRANSLATIONS, INTEGRATION / "phrases"):
        found = {path.stem for path in folder.glob("*.json")}
        assert found - {"en"} == LANGUAGES, folder


@pytest.mark.parametrize("language", sorted({"en", *LANGUAGES}))
def test_translations_are_plain(language: str) -> None:
    """Hassfest refuses addresses, markup, and placeholders in single quotes."""
    for key, text in _leaves(_load_json(TRANSLATIONS / f"{language}.json")):
        assert not re.search(r"\w+://|<[^>]+>|'{\w+}'", text), key


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_translations_are_whole(language: str, english: dict[str, Any]) -> None:
    """Every language has the texts that English has, with the same placeholders."""
    texts = dict(_leaves(english))
    translated = dict(_leaves(_load_json(TRANSLATIONS / f"{language}.json")))
    assert list(translated) == list(texts)
    for key, text in translated.items():
        assert text.strip() == text != "", key
        assert "[%key" not in text, f"{key}: custom integrations get no references"
        assert _placeholders(text) == _placeholders(texts[key]), key
        # Names and figures may be alike, a sentence is not.
        assert text != texts[key] or len(text) < LONGEST_NAME, f"{key} is English"


def test_services_are_described(
    services: dict[str, Any], english: dict[str, Any]
) -> None:
    """Services and their fields have a name and a description, and no others do."""
    assert services.keys() == english["services"].keys()
    for name, service in services.items():
        texts = english["services"][name]
        assert {"name", "description"} <= texts.keys(), name
        fields = (service or {}).get("fields", {})
        assert fields.keys() == texts.get("fields", {}).keys(), name
        for field, words in texts.get("fields", {}).items():
            assert {"name", "description"} <= words.keys(), f"{name}.{field}"


def test_services_have_icons(services: dict[str, Any]) -> None:
    """Every service has an icon, and no other."""
    icons = _load_json(INTEGRATION / "icons.json")
    assert icons["services"].keys() == services.keys()


@pytest.mark.parametrize(
    "path", sorted(INTEGRATION.glob("quality_scale.yaml")), ids=lambda path: path.name
)
def test_quality_scale_answers_every_rule(path: Path) -> None:
    """Each rule that core's integrations answer is done, or exempt with a reason."""
    known = _load_yaml(CORE / "components" / "nordpool" / path.name)["rules"]
    rules = _load_yaml(path)["rules"]
    assert rules.keys() == known.keys()
    for name, answer in rules.items():
        if isinstance(answer, dict):
            assert answer["status"] == "exempt", name
            assert answer["comment"].strip(), name
        else:
            assert answer == "done", name


@pytest.mark.parametrize(
    "path",
    [
        REPO / ".ci" / "run",
        *(
            path
            for path in sorted((REPO / "scripts").iterdir())
            if path.is_file() and not path.suffix
        ),
    ],
    ids=lambda path: path.name,
)
def test_commands_can_be_run(path: Path) -> None:
    """A command is executable, is bash, and the module behind it exists."""
    text = path.read_text(encoding="utf-8")
    assert os.access(path, os.X_OK)
    assert text.startswith("#!/usr/bin/env bash\n")
    for module in re.findall(r"^run_module (\S+)", text, re.MULTILINE):
        assert REPO.joinpath(*module.split(".")).with_suffix(".py").is_file()
