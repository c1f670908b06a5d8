"""Disks that are full, and being somebody whom the permissions of files bind."""

from collections.abc import Iterator
from contextlib import contextmanager
import os
import resource

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


@contextmanager
def full_disk(limit: int) -> Iterator[None]:
    """Let no file grow beyond a limit, in bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
