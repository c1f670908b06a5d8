"""The forms of the config and options flows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from homeassistant.const import UnitOfTime
from homeassistant.data_entry_flow import SectionConfig, section
from homeassistant.helpers.selector import (
    AreaSelector,
    AreaSelectorConfig,
    BooleanSelector,
    CountrySelector,
    CountrySelectorConfig,
    EntitySelector,
    EntitySelectorConfig,
    LabelSelector,
    LabelSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TimeSelector,
)
import voluptuous as vol

from .const import (
    CONF_COUNTRY,
    CONF_DETECTORS,
    CONF_EXCLUDED_AREAS,
    CONF_EXCLUDED_DOMAINS,
    CONF_EXCLUDED_ENTITIES,
    CONF_EXCLUDED_LABELS,
    CONF_HOLIDAYS,
    CONF_KEEP_DATA,
    CONF_NOTIFICATIONS,
    CONF_RETENTION,
    CONF_SCHEDULE,
    CONF_SCOPE,
    CONF_STORAGE,
    CONF_STORE,
    CONF_SUBDIVISION,
    CONF_TIME,
    CONF_WORKDAY_ENTITY,
    DEFAULT_TIME,
    Sensitivity,
    StoreKind,
)
from .engine.happenings import RULES
from .news import NewsKind
from .stores.base import Layer, Retention

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


LEAST_DAYS: Final = {"daily": 90, "weekly": 91, "monthly": 365}
"""How long each layer is kept at the least: what is looked back on."""

MOST_DAYS: Final = {"daily": 1095, "weekly": 3650, "monthly": 18250}

_COLLAPSED: Final[SectionConfig] = {"collapsed": True}


def options_schema(
    detectors: Iterable[str],
    countries: Sequence[str] = (),
    subdivisions: Sequence[SelectOptionDict] = (),
) -> vol.Schema:
    """Return the form of the options, in sections.

    Args:
        detectors: the types of the detectors there are.
        countries: those whose public holidays are known.
        subdivisions: the parts of the country that is chosen now.
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
            vol.Required(CONF_DETECTORS): section(_detectors(detectors)),
            vol.Required(CONF_RETENTION): section(_retention(), _COLLAPSED),
            vol.Required(CONF_NOTIFICATIONS): section(_notifications(), _COLLAPSED),
            vol.Required(CONF_HOLIDAYS): section(
                _holidays(countries, subdivisions), _COLLAPSED
            ),
            vol.Required(CONF_STORAGE): section(
                vol.Schema(
                    {vol.Required(CONF_KEEP_DATA, default=False): BooleanSelector()}
                ),
                _COLLAPSED,
            ),
        }
    )


def _detectors(kinds: Iterable[str]) -> vol.Schema:
    choice = SelectSelector(
        SelectSelectorConfig(
            options=[sensitivity.value for sensitivity in Sensitivity],
            mode=SelectSelectorMode.DROPDOWN,
            translation_key="sensitivity",
        )
    )
    return vol.Schema(
        {vol.Required(kind, default=Sensitivity.MORE.value): choice for kind in kinds}
    )


def _retention() -> vol.Schema:
    defaults = Retention()
    return vol.Schema(
        {
            vol.Required(layer.value, default=getattr(defaults, layer)): NumberSelector(
                NumberSelectorConfig(
                    min=LEAST_DAYS[layer],
                    max=MOST_DAYS[layer],
                    mode=NumberSelectorMode.BOX,
                    unit_of_measurement=UnitOfTime.DAYS,
                )
            )
            for layer in Layer
        }
    )


def _notifications() -> vol.Schema:
    return vol.Schema(
        {
            vol.Required(kind.value, default=False): BooleanSelector()
            for kind in NewsKind
        }
    )


def _holidays(
    countries: Sequence[str], subdivisions: Sequence[SelectOptionDict]
) -> vol.Schema:
    return vol.Schema(
        {
            vol.Optional(CONF_COUNTRY): CountrySelector(
                CountrySelectorConfig(countries=list(countries))
            ),
            vol.Optional(CONF_SUBDIVISION): SelectSelector(
                SelectSelectorConfig(
                    options=list(subdivisions), mode=SelectSelectorMode.DROPDOWN
                )
            ),
            vol.Optional(CONF_WORKDAY_ENTITY): EntitySelector(
                EntitySelectorConfig(
                    filter=[{"domain": "binary_sensor", "integration": "workday"}]
                )
            ),
        }
    )
