"""Config entries that an earlier version made, brought up to date."""

from __future__ import annotations

from homeassistant.core import HomeAssistant, callback

from .const import CONF_DETECTORS, Sensitivity
from .runtime import PatternIntelligenceConfigEntry

VERSION = 1
MINOR_VERSION = 2


@callback
def async_migrate(hass: HomeAssistant, entry: PatternIntelligenceConfigEntry) -> bool:
    """Bring a config entry up to date.

    Returns:
        Whether it can be used; what a newer version made, nobody asks about here.
    """
    if entry.version == 1 and entry.minor_version < 2:
        options = dict(entry.options)
        # Detectors could be on or off, and no more.
        if detectors := options.get(CONF_DETECTORS):
            options[CONF_DETECTORS] = {
                kind: (Sensitivity.MORE if on else Sensitivity.OFF).value
                for kind, on in detectors.items()
            }
        hass.config_entries.async_update_entry(entry, options=options, minor_version=2)
    return True
