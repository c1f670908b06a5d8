"""Turns a recording in CSV into a Home Assistant configuration directory.

The file has a header and the columns `ts_local_iso`, `entity` and `state`, one row
per change of state, gzip-compressed or plain:

    python -m benchmarks.csv_home FILE OUT_DIR --time-zone Europe/Amsterdam
"""

import argparse
from collections.abc import Iterable, Sequence
import csv
from datetime import datetime
import gzip
from pathlib import Path
import re
import sys
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from .recorder_file import write_home
from .simulator.model import Area, Entity, Recorded, RecorderRun, Stream

_COLUMNS = ["ts_local_iso", "entity", "state"]
#: What an id ends with when the unit of its numbers is beyond doubt.
_UNITS = {
    "temperature": ("temperature", "°C"),
    "humidity": ("humidity", "%"),
    "brightness": ("illuminance", "lx"),
    "illuminance": ("illuminance", "lx"),
}
_ROOM = re.compile(
    r"(?:(?:living|dining|guest|laundry|bath)_room|bathroom|bedroom|kitchen|hallway"
    r"|hall|toilet|office|garage|entrance|room(?=_\d))(?:_(?:[a-z]|\d+|up|down"
    r"|upstairs|downstairs))?(?=_|$)"
)


class RecordingError(Exception):
    """The file is no such recording; its text says what is wrong with it."""


def read_csv(
    path: Path,
    time_zone: str,
    *,
    country: str | None = None,
    position: tuple[float, float] = (0.0, 0.0),
    areas: bool = False,
) -> Recorded:
    """Read a recording.

    Args:
        path: The CSV file, gzip-compressed if its name ends in `.gz`.
        time_zone: The home's, a name of the IANA database.
        country: ISO 3166 code, for public holidays.
        position: Degrees north and east.
        areas: Whether to read areas off entity ids that begin with a room's name.

    Raises:
        RecordingError: Columns are missing, an instant cannot be read or has no
            offset, or there is no row.
    """
    instants: list[float] = []
    ids: list[str] = []
    states: list[str] = []
    for number, row in enumerate(_rows(path), start=2):
        try:
            moment = datetime.fromisoformat(row[0])
        except ValueError as error:
            raise RecordingError(f"{path}, line {number}: {error}") from error
        if moment.tzinfo is None:
            raise RecordingError(f"{path}, line {number}: {row[0]} has no UTC offset")
        instants.append(moment.timestamp())
        ids.append(row[1])
        states.append(row[2])
    if not instants:
        raise RecordingError(f"{path} has no rows")
    names, entity = np.unique(ids, return_inverse=True)
    labels, state = np.unique(states, return_inverse=True)
    order = np.argsort(np.array(instants), kind="stable")
    at = np.array(instants)[order]
    size = len(at)
    none = np.full(size, -1, np.int64)
    stream = Stream(
        entity[order].astype(np.int32),
        state[order].astype(np.int32),
        at,
        np.ones(size, np.bool_),
        np.full(size, -1, np.int8),
        none,
        none,
        tuple(labels.tolist()),
    )
    entities = tuple(_entity(name, areas=areas) for name in names.tolist())
    rooms = sorted({one.area_id for one in entities if one.area_id is not None})
    return Recorded(
        time_zone=time_zone,
        country=country,
        position=position,
        entities=entities,
        areas=tuple(Area(room, _words(room), None) for room in rooms),
        floors=(),
        devices=(),
        users=(),
        stream=stream,
        fires=(),
        recorder_runs=(RecorderRun(float(at[0]), float(at[-1]) + 1),),
    )


def _rows(path: Path) -> Iterable[list[str]]:
    """Return the rows below the header."""
    opened = (
        gzip.open(path, "rt", encoding="utf-8", newline="")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8", newline="")
    )
    with opened as file:
        reader = csv.reader(file)
        if next(reader, None) != _COLUMNS:
            raise RecordingError(f"{path} does not begin with {','.join(_COLUMNS)}")
        for row in reader:
            if len(row) != len(_COLUMNS):
                raise RecordingError(f"{path}, line {reader.line_num}: not 3 columns")
            yield row


def _entity(entity_id: str, *, areas: bool) -> Entity:
    """Return an entity, with what its id says beyond doubt."""
    domain, _, slug = entity_id.partition(".")
    kind = slug.rpartition("_")[2]
    device_class, unit = None, None
    if domain == "sensor":
        device_class, unit = _UNITS.get(kind, (None, None))
    room = _ROOM.match(slug) if areas else None
    return Entity(
        entity_id=entity_id,
        name=_words(slug),
        area_id=room.group() if room else None,
        device_class=device_class,
        unit=unit,
        platform="demo",
    )


def _words(slug: str) -> str:
    """Return an id as words for a person."""
    return slug.replace("_", " ").capitalize()


def main(arguments: Sequence[str] | None = None) -> int:
    """Convert a file as the command line says, and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.csv_home",
        description="Turn a recording in CSV into a Home Assistant directory.",
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("out_dir", type=Path)
    parser.add_argument("--time-zone", required=True)
    parser.add_argument("--country")
    parser.add_argument("--position", nargs=2, type=float, default=(0.0, 0.0))
    parser.add_argument(
        "--areas", action="store_true", help="read areas off the entity ids"
    )
    given = parser.parse_args(arguments)
    try:
        ZoneInfo(given.time_zone)
        recorded = read_csv(
            given.file,
            given.time_zone,
            country=given.country,
            position=tuple(given.position),
            areas=given.areas,
        )
        path = write_home(recorded, given.out_dir)
    except (RecordingError, OSError, ZoneInfoNotFoundError, ValueError) as error:
        sys.stderr.write(f"csv_home: {error}\n")
        return 2
    sys.stderr.write(f"{path}: {len(recorded.stream)} rows\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
