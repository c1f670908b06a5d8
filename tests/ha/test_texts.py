"""Everything a person sees has a text, and every text is seen somewhere."""

import json
from pathlib import Path
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
import pytest
import voluptuous as vol
import yaml

from custom_components.pattern_intelligence import (
    buckets,
    const,
    services,
    services_backup,
    services_decisions,
    services_forgetting,
    services_learning,
)
from custom_components.pattern_intelligence.anew import IN_INFLUXDB, IN_RECORDER
from custom_components.pattern_intelligence.binary_sensor import ANOMALY, STORE
from custom_components.pattern_intelligence.button import RUN_NOW
from custom_components.pattern_intelligence.calendar import ROUTINES
from custom_components.pattern_intelligence.const import DOMAIN, LearningStatus
from custom_components.pattern_intelligence.engine.pattern import PatternType, Status
from custom_components.pattern_intelligence.event import NEWS
from custom_components.pattern_intelligence.forms import (
    DOMAINS,
    SCOPE_SCHEMA,
    STORE_SCHEMA,
    options_schema,
)
from custom_components.pattern_intelligence.influx_entry import ERRORS
from custom_components.pattern_intelligence.influx_forms import CREDENTIALS_FORMS, FORMS
from custom_components.pattern_intelligence.influx_history_entry import SAID
from custom_components.pattern_intelligence.influx_history_flow import HISTORY_SCHEMA
from custom_components.pattern_intelligence.move_flow import (
    BEGIN_EMPTY,
    CALL_OFF,
    TAKE_ALONG,
    WATCH,
)
from custom_components.pattern_intelligence.news import NewsKind
from custom_components.pattern_intelligence.notifications import _HEADINGS
from custom_components.pattern_intelligence.problems import ISSUES, LASTING
from custom_components.pattern_intelligence.repairs import LEAVE_BEHIND
from custom_components.pattern_intelligence.sensor import SENSORS, of_type
from custom_components.pattern_intelligence.stores.base import Layer
from custom_components.pattern_intelligence.switch import LEARNING

MENUS = {
    "other_store": {TAKE_ALONG, BEGIN_EMPTY},
    "under_way": {WATCH, CALL_OFF},
}
PACKAGE = Path(const.__file__).parent
KINDS = [kind.value for kind in PatternType]


@pytest.fixture(name="texts")
def texts_fixture() -> dict[str, Any]:
    """Return the English texts."""
    texts: dict[str, Any] = json.loads(
        (PACKAGE / "translations" / "en.json").read_text(encoding="utf-8")
    )
    return texts


@pytest.fixture(name="icons")
def icons_fixture() -> dict[str, Any]:
    """Return the icons."""
    icons: dict[str, Any] = json.loads(
        (PACKAGE / "icons.json").read_text(encoding="utf-8")
    )
    return icons


def _fields(schema: vol.Schema) -> set[str]:
    return {str(key) for key in schema.schema}


def test_steps_of_the_config_flow(texts: dict[str, Any]) -> None:
    """Each field of each step has a name and a description."""
    steps = texts["config"]["step"]
    schemas = {
        "user": [STORE_SCHEMA],
        "history": [HISTORY_SCHEMA],
        "scope": [SCOPE_SCHEMA],
        "reconfigure": [STORE_SCHEMA],
        "reauth_confirm": list(CREDENTIALS_FORMS.values()),
        **{kind.value: [form] for kind, form in FORMS.items()},
    }
    assert steps.keys() == {*schemas, *MENUS}
    for name, forms in schemas.items():
        fields = set().union(*map(_fields, forms))
        assert steps[name]["data"].keys() == fields
        assert steps[name]["data_description"].keys() == fields


def test_menus_of_the_config_flow(texts: dict[str, Any]) -> None:
    """Each choice has a name and says what it does, and what is shown has a text."""
    for name, choices in MENUS.items():
        step = texts["config"]["step"][name]
        assert step["menu_options"].keys() == choices
        assert step["menu_option_descriptions"].keys() == choices
    assert texts["config"]["progress"].keys() == {WATCH}


def test_menu_of_the_repairs(texts: dict[str, Any]) -> None:
    """Each way to end a move has a name and says what it does."""
    step = texts["issues"]["move_held_up"]["fix_flow"]["step"]["init"]
    assert step["menu_options"].keys() == {CALL_OFF, LEAVE_BEHIND}
    assert step["menu_option_descriptions"].keys() == {CALL_OFF, LEAVE_BEHIND}


def test_errors_of_the_config_flow(texts: dict[str, Any]) -> None:
    """Each way in which a server can be of no use has a text."""
    assert texts["config"]["error"].keys() == ERRORS | {*SAID.values()}


def test_what_it_does_is_said_in_two_sentences(texts: dict[str, Any]) -> None:
    """The first page says what will be done, and no more."""
    description = texts["config"]["step"]["user"]["description"]
    assert description.count(". ") == 1
    assert description.endswith(".")


def test_sections_of_the_options(texts: dict[str, Any]) -> None:
    """Each section and each field in it has a name and a description."""
    sections = texts["options"]["step"]["init"]["sections"]
    schema = options_schema(KINDS)
    assert sections.keys() == _fields(schema)
    for key, part in schema.schema.items():
        words = sections[key]
        assert {"name", "description"} <= words.keys()
        assert words["data"].keys() == _fields(part.schema)
        assert words["data_description"].keys() == _fields(part.schema)


def test_choices_of_selectors(texts: dict[str, Any]) -> None:
    """Each choice has a name."""
    choices = {name: set(it["options"]) for name, it in texts["selector"].items()}
    assert choices == {
        "store": {kind.value for kind in const.StoreKind},
        "history": {IN_INFLUXDB, IN_RECORDER},
        "domain": set(DOMAINS),
        "layer": {layer.value for layer in Layer},
        "pattern_type": set(KINDS),
        "sensitivity": {each.value for each in const.Sensitivity},
        "pattern_status": {status.value for status in Status},
    }


def test_sensors(texts: dict[str, Any], icons: dict[str, Any]) -> None:
    """Each sensor has a name and an icon, each status too."""
    keys = {each.translation_key for each in (*SENSORS, *map(of_type, KINDS))}
    keys |= {"followed_time", "followed_confidence"}
    assert texts["entity"]["sensor"].keys() == keys
    assert icons["entity"]["sensor"].keys() == keys
    states = texts["entity"]["sensor"]["status"]["state"]
    assert states.keys() == {status.value for status in LearningStatus}


def test_other_entities(texts: dict[str, Any], icons: dict[str, Any]) -> None:
    """Each entity of another platform has a name and an icon, each event too."""
    keys = {
        "binary_sensor": {ANOMALY.key, STORE.key},
        "button": {RUN_NOW.key},
        "calendar": {ROUTINES.key},
        "event": {NEWS.key},
        "switch": {LEARNING.key},
    }
    for platform, known in keys.items():
        assert texts["entity"][platform].keys() == known
        assert icons["entity"][platform].keys() == known
    events = texts["entity"]["event"]["news"]["state_attributes"]["event_type"]
    assert events["state"].keys() == {kind.value for kind in NewsKind}


def test_services() -> None:
    """The fields in the interface are those that are accepted, with all choices."""
    described = yaml.safe_load((PACKAGE / "services.yaml").read_text(encoding="utf-8"))
    run, get = described["run_analysis"], described["get_patterns"]
    assert run["fields"].keys() == _fields(services.RUN_ANALYSIS_SCHEMA)
    assert get["fields"].keys() == _fields(services.GET_PATTERNS_SCHEMA)
    for name, schema in (
        ("accept_pattern", services_decisions.PATTERN_SCHEMA),
        ("dismiss_pattern", services_decisions.DISMISS_SCHEMA),
        ("restore_pattern", services_decisions.PATTERN_SCHEMA),
        ("follow_pattern", services_decisions.PATTERN_SCHEMA),
        ("unfollow_pattern", services_decisions.PATTERN_SCHEMA),
        ("relearn", services_learning.RELEARN_SCHEMA),
        ("forget", services_forgetting.FORGET_SCHEMA),
        ("create_backup", services_backup.CREATE_SCHEMA),
        ("restore_backup", services_backup.RESTORE_SCHEMA),
    ):
        assert described[name]["fields"].keys() == _fields(schema), name
    options = get["fields"]["type"]["selector"]["select"]["options"]
    assert options == KINDS
    number = run["fields"]["days"]["selector"]["number"]
    services.RUN_ANALYSIS_SCHEMA({"days": number["min"]})
    services.RUN_ANALYSIS_SCHEMA({"days": number["max"]})
    with pytest.raises(vol.Invalid):
        services.RUN_ANALYSIS_SCHEMA({"days": number["max"] + 1})


def test_messages_and_issues(texts: dict[str, Any]) -> None:
    """Each key in the source has a text, and each text is used."""
    source = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.glob("*.py"))
    named = set(re.findall(r'translation_key="(\w+)"', source))
    named |= set(re.findall(r'async_message\(\s*[\w.]+, "(\w+)"', source))
    named |= set(re.findall(r'(?:_refused|_failed)\(\s*"(\w+)"', source))
    named |= {*_HEADINGS.values()}
    named -= {key for part in texts["entity"].values() for key in part}
    assert (
        named - {"home", "store", "domain", "sensitivity"} == texts["exceptions"].keys()
    )
    assert texts["issues"].keys() == {*ISSUES, *LASTING, *buckets.ISSUES}


async def test_home_assistant_reads_them(hass: HomeAssistant) -> None:
    """The file is one that Home Assistant accepts, in each category."""
    for category in ("config", "options", "exceptions", "issues", "entity", "services"):
        found = await async_get_translations(hass, "en", category, {DOMAIN})
        assert found, category
