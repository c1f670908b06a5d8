"""What an entity's own attributes say of it, where no registry does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..engine.home import EntityInfo


def info_from_attributes(entity_id: str, attributes: Mapping[str, Any]) -> EntityInfo:
    """Return what is known of an entity that has no registry entry.

    Args:
        entity_id: the entity.
        attributes: of its last state; may be anything that a device reports.
    """
    return EntityInfo(
        entity_id,
        name=text_or_none(attributes.get("friendly_name")),
        device_class=text_or_none(attributes.get("device_class")),
        options=texts_or_none(attributes.get("options")),
    )


def text_or_none(value: object) -> str | None:
    """Return a text that says something, else None."""
    return value if isinstance(value, str) and value else None


def texts_or_none(value: object) -> tuple[str, ...] | None:
    """Return a list of texts, else None."""
    if not isinstance(value, list | tuple):
        return None
    texts = tuple(item for item in value if isinstance(item, str))
    return texts if len(texts) == len(value) else None
