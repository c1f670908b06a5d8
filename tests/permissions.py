"""Being somebody whom the permissions of files bind."""

from collections.abc import Iterator
from contextlib import contextmanager
import os

NOBODY = 65534


@contextmanager
def without_privileges() -> Iterator[None]:
    """Be somebody whom permissions bind, also where tests are run by root."""
    privileged = os.geteuid() == 0
    if privileged:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if privileged:
            os.seteuid(0)
