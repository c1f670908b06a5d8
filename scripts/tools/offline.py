"""The integration's own parts without Home Assistant around them."""

from __future__ import annotations

from importlib.util import find_spec, module_from_spec
import sys
from typing import Final

_PACKAGE: Final = "custom_components.pattern_intelligence"


def without_home_assistant() -> None:
    """Let engine, sources and stores be imported without Home Assistant.

    The package's own module sets the integration up, for which it imports Home
    Assistant: seconds and 100 MB that a command on files has no use for. To be called
    before anything of the package is imported, by a program's entry only.
    """
    spec = find_spec(_PACKAGE)
    assert spec is not None
    # Without being executed it is an empty package that only leads to its modules.
    sys.modules[_PACKAGE] = module_from_spec(spec)
