"""Sentences for attributes, in the home's language."""

from __future__ import annotations

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN


@callback
def async_message(hass: HomeAssistant, key: str, **placeholders: str) -> str:
    """Return a sentence of the translations' exceptions.

    Args:
        hass: Home Assistant, whose language is used.
        key: its translation key.
        placeholders: what is filled in.
    """
    translations = async_get_cached_translations(
        hass, hass.config.language, "exceptions", DOMAIN
    )
    text = translations.get(f"component.{DOMAIN}.exceptions.{key}.message", key)
    return text.format_map(placeholders) if placeholders else text
