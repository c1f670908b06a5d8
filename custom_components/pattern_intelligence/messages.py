"""Sentences for attributes, issues and errors, in the home's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .engine.sentence import SaidError
from .sources.phrases import Phrases, phrases_in

_ERRORS: Final[HassKey[Mapping[str, str]]] = HassKey(f"{DOMAIN}_errors")
"""Texts of errors in the home's language, by what they are in English."""


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


async def async_read_phrases(hass: HomeAssistant) -> Phrases:
    """Return what is said in the home's language; errors are said in it from now on."""
    phrases = await hass.async_add_executor_job(phrases_in, hass.config.language)
    hass.data[_ERRORS] = phrases.errors
    return phrases


@callback
def async_said(hass: HomeAssistant, error: Exception) -> str:
    """Return what is wrong and what to do, in the language last read."""
    if isinstance(error, SaidError):
        return error.said(hass.data.get(_ERRORS, {}))
    return str(error) or type(error).__name__
