"""Names of entities as Home Assistant shows them, from what its registry stores."""

from __future__ import annotations

from typing import Final

_SEPARATORS: Final = " -:"


def friendly_name(
    name: str | None,
    original_name: str | None,
    device_name: str | None,
    *,
    has_entity_name: bool,
) -> str | None:
    """Return an entity's name as its state carries it.

    Args:
        name: given by the person; used as it is.
        original_name: given by the integration.
        device_name: of its device, if it has one; goes before the original name.
        has_entity_name: the original name does not repeat the device's.

    Returns:
        The name, or None where nobody gave one.
    """
    if name:
        return name
    own = original_name
    if not has_entity_name:
        own = _without(original_name, device_name)
    return " ".join(part for part in (device_name, own) if part) or None


def _without(name: str | None, device_name: str | None) -> str | None:
    """Return a name without its device's in front, as a name of its own."""
    if not name or not device_name:
        return name
    size = next(
        (
            size
            for size in range(len(name) + 1)
            if name[:size].casefold() == device_name.casefold()
        ),
        None,
    )
    if size is None:
        return name
    rest = name[size:].lstrip(_SEPARATORS)
    if rest and rest == name[size:]:
        return name
    if rest.partition(" ")[0].islower():
        rest = rest[0].upper() + rest[1:]
    return rest
