"""Notifications of what is news, for those who asked for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .messages import async_message
from .news import News, NewsKind

MOST_LINES: Final = 10
"""Of each kind; the rest is counted."""

_HEADINGS: Final = {
    NewsKind.DISCOVERED: "notify_discovered",
    NewsKind.CHANGED: "notify_changed",
    NewsKind.FADED: "notify_faded",
    NewsKind.ANOMALY: "notify_anomaly",
}


@callback
def async_notify(
    hass: HomeAssistant, news: Sequence[News], wanted: frozenset[str]
) -> None:
    """Show one notification of all the news that are wanted.

    Args:
        hass: Home Assistant.
        news: what there is to tell.
        wanted: the kinds of news that the person asked for.
    """
    parts: list[str] = []
    for kind, heading in _HEADINGS.items():
        titles = [one.pattern["title"] for one in news if one.kind is kind]
        if kind not in wanted or not titles:
            continue
        lines = [f"- {title}" for title in titles[:MOST_LINES]]
        if more := len(titles) - len(lines):
            lines.append(f"- … (+{more})")
        parts.append("\n".join([f"**{async_message(hass, heading)}**", *lines]))
    if parts:
        persistent_notification.async_create(
            hass,
            "\n\n".join(parts),
            title=async_message(hass, "notification_title"),
            notification_id=f"{DOMAIN}_news",
        )
