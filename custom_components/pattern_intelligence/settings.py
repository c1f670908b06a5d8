"""What the person chose, read from the config entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any, Self

from homeassistant.config_entries import ConfigEntry
from homeassistant.util import dt as dt_util

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
    LISTED_FROM,
    Sensitivity,
    StoreKind,
)
from .engine.happenings import RULES
from .engine.scope import Scope
from .stores.base import Retention


@dataclass(frozen=True, slots=True)
class Settings:
    """The person's choices.

    Attributes:
        store: where aggregates live.
        scope: what is looked at.
        time: local time of the nightly run.
        detectors: how much is wanted of a detector, by type; of one that is not
            named, all that it finds.
        retention: how long each layer is kept.
        notifications: the kinds of news that a notification is wanted of.
        country: whose public holidays count; None for the home's.
        subdivision: the part of the country, by its code.
        workday_entity: the workday sensor that is asked instead.
        keep_data: whether what was learned outlives the config entry.
    """

    store: StoreKind = StoreKind.BUILT_IN
    scope: Scope = field(default_factory=Scope)
    time: time = DEFAULT_TIME
    detectors: Mapping[str, str] = field(default_factory=dict)
    retention: Retention = field(default_factory=Retention)
    notifications: frozenset[str] = frozenset()
    country: str | None = None
    subdivision: str | None = None
    workday_entity: str | None = None
    keep_data: bool = False

    @classmethod
    def of(cls, entry: ConfigEntry[Any]) -> Self:
        """Return the settings of a config entry, with defaults for what it lacks."""
        options = entry.options
        holidays = options.get(CONF_HOLIDAYS, {})
        when = options.get(CONF_SCHEDULE, {}).get(CONF_TIME, "")
        return cls(
            store=StoreKind(entry.data.get(CONF_STORE, StoreKind.BUILT_IN)),
            scope=scope_of(options.get(CONF_SCOPE, {})),
            time=dt_util.parse_time(when) or DEFAULT_TIME,
            detectors=dict(options.get(CONF_DETECTORS, {})),
            retention=Retention(
                **{k: int(days) for k, days in options.get(CONF_RETENTION, {}).items()}
            ),
            notifications=frozenset(
                kind for kind, on in options.get(CONF_NOTIFICATIONS, {}).items() if on
            ),
            country=holidays.get(CONF_COUNTRY),
            subdivision=holidays.get(CONF_SUBDIVISION),
            workday_entity=holidays.get(CONF_WORKDAY_ENTITY),
            keep_data=bool(options.get(CONF_STORAGE, {}).get(CONF_KEEP_DATA, False)),
        )

    def enabled(self, detector: str) -> bool:
        """Tell whether a detector is switched on."""
        return self._sensitivity(detector) is not Sensitivity.OFF

    def _sensitivity(self, detector: str) -> Sensitivity:
        return Sensitivity(self.detectors.get(detector, Sensitivity.MORE))

    def listed_from(self, kind: str) -> float:
        """Return the least confidence at which patterns of a type are shown."""
        return LISTED_FROM[self._sensitivity(kind)]


def scope_of(chosen: Mapping[str, Any]) -> Scope:
    """Return the scope that the options describe.

    Args:
        chosen: lists of what is left out, by option; any may be missing.
    """
    domains = frozenset(chosen.get(CONF_EXCLUDED_DOMAINS, ()))
    return Scope(
        domains=frozenset(RULES) - domains if domains else None,
        excluded_entities=frozenset(chosen.get(CONF_EXCLUDED_ENTITIES, ())),
        excluded_areas=frozenset(chosen.get(CONF_EXCLUDED_AREAS, ())),
        excluded_labels=frozenset(chosen.get(CONF_EXCLUDED_LABELS, ())),
    )
