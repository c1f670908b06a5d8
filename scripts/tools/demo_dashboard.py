"""A dashboard that shows what was learned, made of Home Assistant's own cards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .hass_client import HassClient, Json

PATH: Final = "learned-habits"

_LIST: Final = """\
| Habit | Sure |
|:-|-:|
{{% for pattern in state_attr('{entity}', 'patterns') or [] -%}}
| {{{{ pattern.title }}}} | **{{{{ (pattern.confidence * 100) | round }}}}&nbsp;%** |
{{% endfor %}}
"""


async def add_dashboard(client: HassClient, entities: Mapping[str, str]) -> None:
    """Add the dashboard to the sidebar.

    Args:
        client: of an administrator.
        entities: the integration's sensors by the last part of their unique id.

    Raises:
        HassError: Home Assistant refused it.
    """
    await client.call(
        "lovelace/dashboards/create",
        url_path=PATH,
        title="Learned habits",
        icon="mdi:brain",
        mode="storage",
        show_in_sidebar=True,
        require_admin=False,
    )
    lists = [
        {
            "type": "markdown",
            "title": title,
            "content": _LIST.format(entity=entities[key]),
        }
        for key, title in (
            ("patterns_time_of_day", "Times of day"),
            ("patterns_co_occurrence", "One thing after another"),
        )
        if key in entities
    ]
    figures: Json = {
        "type": "entities",
        "title": "Pattern Intelligence",
        "entities": list(entities.values()),
    }
    view = {"title": "Learned habits", "cards": [*lists, figures]}
    await client.call("lovelace/config/save", url_path=PATH, config={"views": [view]})
