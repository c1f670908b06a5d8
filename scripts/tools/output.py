"""The file that a command writes what it found into."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
import os
from pathlib import Path
import sys
import tempfile
from typing import TextIO

from .failure import UnusableError


@contextmanager
def written(name: str) -> Iterator[TextIO]:
    """Open a file to write, whole or not at all.

    That it can be written is known before anything is worked out. When the block is
    left by an error, what was there before stays.

    Args:
        name: its path, or ``-`` for standard output.

    Raises:
        UnusableError: it cannot be written.
    """
    if name == "-":
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        yield sys.stdout
        return
    path = Path(name).resolve()
    try:
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8") as device:
                yield device
            return
        handle, aside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise UnusableError(
            f"{path} cannot be written: {error.strerror or error}; name another file"
        ) from error
    try:
        os.close(handle)
        with Path(aside).open("w", encoding="utf-8") as file:
            yield file
        umask = os.umask(0)
        os.umask(umask)
        Path(aside).chmod(0o666 & ~umask)
        Path(aside).replace(path)
    finally:
        Path(aside).unlink(missing_ok=True)
