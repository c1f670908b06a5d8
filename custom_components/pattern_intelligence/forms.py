"""The forms of the config and options flows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    AreaSelector,
    AreaSelectorConfig,
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    LabelSelector,
    LabelSelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TimeSelector,
)
import voluptuous as vol

from .const import (
    CONF_DETECTORS,
    CONF_EXCLUDED_AREAS,
    CONF_EXCLUDED_DOMAINS,
    CONF_EXCLUDED_ENTITIES,
    CONF_EXCLUDED_LABELS,
    CONF_KEEP_DATA,
    CONF_SCHEDULE,
    CONF_SCOPE,
    CONF_STORAGE,
    CONF_STORE,
    CONF_TIME,
    DEFAULT_TIME,
    StoreKind,
)
from .engine.happenings import RULES

DOMAINS: Final = sorted(RULES)

STORE_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_STORE, default=StoreKind.BUILT_IN.value): SelectSelector(
            SelectSelectorConfig(
                options=[kind.value for kind in StoreKind],
                mode=SelectSelectorMode.LIST,
                translation_key=CONF_STORE,
            )
        )
    }
)

SCOPE_SCHEMA: Final = vol.Schema(
    {
        vol.Optional(CONF_EXCLUDED_AREAS, default=list): AreaSelector(
            AreaSelectorConfig(multiple=True)
        ),
        vol.Optional(CONF_EXCLUDED_DOMAINS, default=list): SelectSelector(
            SelectSelectorConfig(
                options=DOMAINS,
                multiple=True,
                mode=SelectSelectorMode.DROPDOWN,
                sort=True,
                translation_key="domain",
            )
        ),
        vol.Optional(CONF_EXCLUDED_ENTITIES, default=list): EntitySelector(
            EntitySelectorConfig(multiple=True, filter=[{"domain": DOMAINS}])
        ),
        vol.Optional(CONF_EXCLUDED_LABELS, default=list): LabelSelector(
            LabelSelectorConfig(multiple=True)
        ),
    }
)


def options_schema(detectors: Iterable[str]) -> vol.Schema:
    """Return the form of the options, in sections.

    Args:
        detectors: the types of the detectors there are.
    """
    return vol.Schema(
        {
            vol.Required(CONF_SCOPE): section(SCOPE_SCHEMA),
            vol.Required(CONF_SCHEDULE): section(
                vol.Schema(
                    {
                        vol.Required(
                            CONF_TIME, default=DEFAULT_TIME.isoformat()
                        ): TimeSelector()
                    }
                )
            ),
            vol.Required(CONF_DETECTORS): section(
                vol.Schema(
                    {
                        vol.Required(name, default=True): BooleanSelector()
                        for name in detectors
                    }
                )
            ),
            vol.Required(CONF_STORAGE): section(
                vol.Schema(
                    {vol.Required(CONF_KEEP_DATA, default=False): BooleanSelector()}
                )
            ),
        }
    )
