"""A file that holds all that a home has learned and decided, to be restored elsewhere.

Lines of JSON, compressed by gzip: what it is, then one line for each thing that a store
holds of a date, then the texts, then how many lines there were and the SHA-256 of all of
them. It is written and read line by line, so that no more than a day is in memory.
``docs/backup.md`` describes it field by field.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
import gzip
import hashlib
import json
import os
from pathlib import Path
from typing import Any, Final, Protocol
import zlib

from .backup_lines import UnknownContentError, line_of, piece_of
from .base import AggregateStore, LocalStore, StoreError, StoreUnavailableError
from .contents import Contents

FORMAT: Final = "pattern_intelligence_backup"
VERSION: Final = 1
SUFFIX: Final = ".jsonl.gz"

_LEVEL: Final = 6
LONGEST_LINE: Final = 1 << 26
"""Bytes of a line at most: a day of a million happenings of 10 000 entities has half."""

MOST_VALUES: Final = 1 << 21
"""Values in a line at most: a month of 10 000 entities has a third of them.

A value takes two bytes of a line, and fifty times that when it is read.
"""

_UNREADABLE: Final = (
    ValueError,
    LookupError,
    TypeError,
    OverflowError,
    RecursionError,
    EOFError,
    zlib.error,
    gzip.BadGzipFile,
)


class BackupError(StoreError):
    """The file is no backup that can be restored here; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a backup holds.

    Attributes:
        created: when it was written, UTC.
        days: how many days are learned, also those of which nothing daily is kept.
        first_day: the first of them; None where there is none.
        last_day: the last of them.
        size: bytes of the file.
        sha256: of its lines but the last, in hexadecimal digits.
    """

    created: datetime
    days: int
    first_day: date | None
    last_day: date | None
    size: int
    sha256: str


class KeptStore(AggregateStore, LocalStore, Protocol):
    """A store of aggregates that also keeps texts by name."""


def write_backup(
    path: Path, store: AggregateStore, texts: Mapping[str, str], created: datetime
) -> Summary:
    """Write a file, whole or not at all. Blocks.

    Args:
        path: the file, which must not be there yet; its folder must.
        store: holds what is learned.
        texts: what else belongs to it, by name.
        created: the present time.

    Raises:
        StoreError: the store failed, or the file cannot be written.
    """
    created = created.astimezone(UTC).replace(microsecond=0)
    aside = path.with_name(f".{path.name}.part")
    try:
        # What was left there, or put there, is neither written into nor followed.
        aside.unlink(missing_ok=True)
        # Who else may look into this folder need not read how people live.
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as raw:
            sums = _write(raw, store, texts, created)
            raw.flush()
            os.fsync(raw.fileno())
        if path.exists():
            raise BackupError("{path} is there already: name another file", path=path)
        aside.replace(path)
        return _summary(path, store, created, sums)
    except OSError as err:
        raise StoreUnavailableError(
            "{path} cannot be written: {reason}", path=path, reason=err.strerror or err
        ) from err
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


def read_backup(path: Path, store: KeptStore, names: Collection[str]) -> Summary:
    """Read a file into an empty store, which is of no use where that fails. Blocks.

    Args:
        path: the file.
        store: takes what was learned, and the texts.
        names: those of the texts that there may be.

    Raises:
        BackupError: it is no backup, damaged, or of a newer version.
        StoreError: the file cannot be read, or the store failed.
    """
    try:
        with path.open("rb") as raw, gzip.GzipFile(fileobj=raw, mode="rb") as file:
            sums = _Sums()
            created = _begun(path, file, sums)
            contents = Contents(store)
            for told in _following(file, sums):
                if told["part"] == "text":
                    store.write_text(_known(told["name"], names), told["text"])
                else:
                    contents.write(*piece_of(told))
    except UnknownContentError:
        raise _newer(path) from None
    except BackupError, StoreUnavailableError:
        raise
    except StoreError as err:
        # No store holds what it refuses, so none was it written from.
        raise _damaged(path) from err
    except _UNREADABLE as err:
        raise _damaged(path) from err
    except OSError as err:
        raise StoreUnavailableError(
            "{path} cannot be read: {reason}", path=path, reason=err.strerror or err
        ) from err
    return _summary(path, store, created, sums)


class _Sums:
    """Counts lines, and sums them up."""

    def __init__(self) -> None:
        self.lines = 0
        self.sha256 = hashlib.sha256()

    def add(self, line: bytes) -> bytes:
        self.lines += 1
        self.sha256.update(line)
        return line

    def as_json(self) -> dict[str, Any]:
        return {"lines": self.lines, "sha256": self.sha256.hexdigest()}


def _write(
    raw: Any, store: AggregateStore, texts: Mapping[str, str], created: datetime
) -> _Sums:
    sums = _Sums()
    # Without a name and a time of its own, the same home gives the same bytes.
    with gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0) as file:
        for told in _lines(store, texts, created):
            line = _encoded(told)
            if not _fits(line):
                raise StoreError(
                    "one day holds more than a backup can: leave out what is never still"
                )
            file.write(sums.add(line))
        file.write(_encoded(sums.as_json()))
    return sums


def _lines(
    store: AggregateStore, texts: Mapping[str, str], created: datetime
) -> Iterator[dict[str, Any]]:
    yield {"format": FORMAT, "version": VERSION, "created": created.isoformat()}
    contents = Contents(store)
    for piece in contents.pieces():
        yield line_of(piece, contents.read(piece))
    for name, text in texts.items():
        yield {"part": "text", "name": name, "text": text}


def _encoded(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, separators=(",", ":")).encode() + b"\n"


def _begun(path: Path, file: gzip.GzipFile, sums: _Sums) -> datetime:
    """Read the first line, and return when the file was written."""
    try:
        told = json.loads(sums.add(_line(file)))
    except (ValueError, RecursionError, zlib.error, gzip.BadGzipFile) as err:
        raise _foreign(path) from err
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise _foreign(path)
    if told["version"] > VERSION:
        raise _newer(path)
    created = datetime.fromisoformat(told["created"])
    if created.tzinfo is None:
        raise ValueError("a time without its zone")
    return created


def _following(file: gzip.GzipFile, sums: _Sums) -> Iterator[dict[str, Any]]:
    """Yield the lines up to the last, and make sure that it is as it was written."""
    while True:
        line = _line(file)
        told = json.loads(line)
        if "sha256" in told:
            break
        sums.add(line)
        yield told
    if told != sums.as_json() or file.read(1):
        raise ValueError("the lines are not those that were written")


def _known(name: str, names: Collection[str]) -> str:
    if name not in names:
        raise UnknownContentError
    return name


def _line(file: gzip.GzipFile) -> bytes:
    line = file.readline(LONGEST_LINE)
    if not line:
        raise EOFError
    if not line.endswith(b"\n") or not _fits(line):
        raise ValueError("a line is cut short, or holds more than any day does")
    return line


def _fits(line: bytes) -> bool:
    """Tell whether a line is small enough to be taken apart; that is seen before."""
    return (
        len(line) <= LONGEST_LINE
        and sum(map(line.count, (b",", b"[", b"{"))) <= MOST_VALUES
    )


def _summary(
    path: Path, store: AggregateStore, created: datetime, sums: _Sums
) -> Summary:
    days = [mark.day for mark in store.learned()]
    return Summary(
        created,
        len(days),
        days[0] if days else None,
        days[-1] if days else None,
        path.stat().st_size,
        sums.sha256.hexdigest(),
    )


def _foreign(path: Path) -> BackupError:
    return BackupError(
        "{path} is no backup of Pattern Intelligence: name another file", path=path
    )


def _damaged(path: Path) -> BackupError:
    return BackupError(
        "{path} is damaged or was cut short: take another backup. Nothing was changed",
        path=path,
    )


def _newer(path: Path) -> BackupError:
    return BackupError(
        "{path} was written by a newer version: update Pattern Intelligence", path=path
    )
