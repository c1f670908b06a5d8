"""The converter of recordings in CSV."""

from contextlib import closing
import gzip
import json
from pathlib import Path
import sqlite3

import pytest

from benchmarks.csv_home import RecordingError, main, read_csv

ROWS = """ts_local_iso,entity,state
2024-03-31T01:59:59+01:00,binary_sensor.kitchen_fridge,on
2024-03-31T03:00:00+02:00,binary_sensor.kitchen_fridge,off
2024-03-31T03:00:00+02:00,sensor.room_1_temperature,20.5
2024-03-31T03:00:01+02:00,binary_sensor.front_door,on
"""


def _file(folder: Path, text: str = ROWS) -> Path:
    path = folder / "home.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    return path


def test_rows_become_states(tmp_path: Path) -> None:
    """Instants come from the offset; what is unknown stays unknown."""
    out = tmp_path / "out"
    code = main(
        [str(_file(tmp_path)), str(out), "--time-zone", "Europe/Berlin", "--areas"]
    )
    assert code == 0
    with closing(sqlite3.connect(out / "home-assistant_v2.db")) as database:
        rows = database.execute(
            "SELECT m.entity_id, s.state, s.last_updated_ts, s.last_changed_ts"
            " FROM states s JOIN states_meta m USING (metadata_id) ORDER BY state_id"
        ).fetchall()
    # 2024-03-31T01:00:00Z is 1711846800.
    assert rows == [
        ("binary_sensor.kitchen_fridge", "on", 1711846799.0, None),
        ("binary_sensor.kitchen_fridge", "off", 1711846800.0, None),
        ("sensor.room_1_temperature", "20.5", 1711846800.0, None),
        ("binary_sensor.front_door", "on", 1711846801.0, None),
    ]
    registry = json.loads((out / ".storage" / "core.entity_registry").read_text())
    found = {
        one["entity_id"]: (one["area_id"], one["unit_of_measurement"])
        for one in registry["data"]["entities"]
    }
    assert found == {
        "binary_sensor.kitchen_fridge": ("kitchen", None),
        "sensor.room_1_temperature": ("room_1", "°C"),
        "binary_sensor.front_door": (None, None),
    }


def test_areas_only_when_asked(tmp_path: Path) -> None:
    """Without the option no area is read off an id."""
    recorded = read_csv(_file(tmp_path), "Europe/Berlin")
    assert not recorded.areas
    assert {entity.area_id for entity in recorded.entities} == {None}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("time,entity,state\n", "does not begin with"),
        ("ts_local_iso,entity,state\n", "has no rows"),
        ("ts_local_iso,entity,state\nyesterday,light.a,on\n", "line 2"),
        (
            "ts_local_iso,entity,state\n2024-03-31T03:00:00,light.a,on\n",
            "no UTC offset",
        ),
        ("ts_local_iso,entity,state\n2024-03-31T03:00:00Z,light.a\n", "not 3 columns"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str, message: str) -> None:
    """What is no recording is refused with a line that says why."""
    with pytest.raises(RecordingError, match=message):
        read_csv(_file(tmp_path, text), "Europe/Berlin")


def test_unusable_arguments_end_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unknown time zone is one line on standard error."""
    out = str(tmp_path / "out")
    assert main([str(_file(tmp_path)), out, "--time-zone", "Europe/Nowhere"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
