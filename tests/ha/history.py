"""A small household's past, written into the recorder of a test."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.db_schema import (
    RecorderRuns,
    StateAttributes,
    States,
    StatesMeta,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import session_scope

ZONE = ZoneInfo("Europe/Berlin")
KITCHEN = "light.kitchen"
KETTLE = "switch.kettle"
DOOR = "binary_sensor.front_door"


@dataclass(frozen=True)
class Row:
    """A state that was entered.

    Attributes:
        at: when.
        entity_id: by which entity.
        state: the state.
    """

    at: datetime
    entity_id: str
    state: str


def days(first: date, count: int) -> list[date]:
    """Return so many dates in a row."""
    return [first + timedelta(days=number) for number in range(count)]


def household(dates: Iterable[date], seed: int = 1) -> list[Row]:
    """Return the rows of a household with a habit.

    The kitchen light goes on at about 06:45 and off some 25 minutes later, and the
    kettle goes on half a minute after the light; the door opens whenever it likes.
    """
    rows = []
    random = Random(seed)
    for day in dates:
        midnight = datetime.combine(day, time(), ZONE)
        up = at(day, "06:45") + timedelta(minutes=random.gauss(0, 5))
        kettle = up + timedelta(seconds=random.uniform(20, 40))
        rows += [
            Row(midnight, KITCHEN, "off"),
            Row(midnight, KETTLE, "off"),
            Row(midnight, DOOR, "off"),
            Row(up, KITCHEN, "on"),
            Row(up + timedelta(minutes=random.uniform(20, 30)), KITCHEN, "off"),
            Row(kettle, KETTLE, "on"),
            Row(kettle + timedelta(minutes=3), KETTLE, "off"),
        ]
        for _ in range(6):
            opened = at(day, "08:00") + timedelta(minutes=random.uniform(0, 900))
            rows += [
                Row(opened, DOOR, "on"),
                Row(opened + timedelta(seconds=20), DOOR, "off"),
            ]
    return sorted(rows, key=lambda row: row.at)


def at(day: date, clock: str) -> datetime:
    """Return an instant by the local clock."""
    return datetime.combine(day, time.fromisoformat(clock), ZONE)


async def async_record(hass: HomeAssistant, rows: Sequence[Row]) -> None:
    """Write rows, and that Home Assistant ran all the while."""
    instance = get_instance(hass)
    await instance.async_block_till_done()
    await instance.async_add_executor_job(_write, hass, rows)


async def async_purge(hass: HomeAssistant, before: datetime) -> None:
    """Delete the rows from before an instant, as the recorder itself does."""
    instance = get_instance(hass)
    await instance.async_block_till_done()
    await instance.async_add_executor_job(delete_before, hass, before)


def delete_before(hass: HomeAssistant, before: datetime) -> None:
    """Delete the rows from before an instant. Blocks, in the recorder's executor."""
    with session_scope(hass=hass) as session:
        old = States.last_updated_ts < before.timestamp()
        session.query(States).update({States.old_state_id: None})
        session.query(States).filter(old).delete()


def _write(hass: HomeAssistant, rows: Sequence[Row]) -> None:
    with session_scope(hass=hass) as session:
        known = {
            meta.entity_id: meta.metadata_id for meta in session.query(StatesMeta).all()
        }
        for entity_id in {row.entity_id for row in rows} - known.keys():
            meta = StatesMeta(entity_id=entity_id)
            session.add(meta)
            session.flush()
            known[entity_id] = meta.metadata_id
        shared = StateAttributes(shared_attrs="{}", hash=0)
        session.add(shared)
        session.flush()
        begin = rows[0].at.astimezone(UTC)
        if not (
            session.query(RecorderRuns).filter(RecorderRuns.start <= begin).count()
        ):
            session.add(RecorderRuns(start=begin, created=begin))
        session.add_all(
            States(
                state=row.state,
                last_updated_ts=row.at.timestamp(),
                metadata_id=known[row.entity_id],
                attributes_id=shared.attributes_id,
            )
            for row in rows
        )
