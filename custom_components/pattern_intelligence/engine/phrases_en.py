"""What patterns say in English. Placeholders are named alike in every language."""

from typing import Final

PHRASES: Final[dict[str, str]] = {
    "entered.on": "{name} turns on",
    "entered.off": "{name} turns off",
    "entered.binary_sensor.on": "{name} turns on",
    "entered.binary_sensor.off": "{name} turns off",
    "entered.binary_sensor.door.on": "{name} opens",
    "entered.binary_sensor.door.off": "{name} closes",
    "entered.binary_sensor.motion.on": "{name} detects motion",
    "entered.binary_sensor.motion.off": "{name} becomes quiet",
    "entered.open": "{name} opens",
    "entered.closed": "{name} closes",
    "entered.locked": "{name} is locked",
    "entered.unlocked": "{name} is unlocked",
    "entered.playing": "{name} starts playing",
    "entered.pressed": "{name} is pressed",
    "entered.person.home": "{name} comes home",
    "entered.person.not_home": "{name} leaves home",
    "entered.cleaning": "{name} starts cleaning",
    "entered.docked": "{name} returns to its dock",
    "entered.mowing": "{name} starts mowing",
    "entered.other": "{name} changes to {state}",
    "time_of_day.each.title": "{what} about {time} {days}",
    "time_of_day.first.title": "First of the day: {what} about {time} {days}",
    "time_of_day.last.title": "Last of the day: {what} about {time} {days}",
    "time_of_day.description": (
        "Between {earliest} and {latest} on {matched} of {eligible} days; "
        "by chance it would be {expected}."
    ),
    "co_occurrence.title": "{effect} after {cause}",
    "co_occurrence.description": (
        "Mostly within {p90}, typically after {median}, on {matched} of {eligible} "
        "days; by chance it would be {expected}."
    ),
    "automated": "Already done by {automations}.",
    "days.every": "every day",
    "days.weekdays": "on weekdays",
    "days.weekends": "at weekends",
    "days.some": "on {days}",
    "day.mon": "Mondays",
    "day.tue": "Tuesdays",
    "day.wed": "Wednesdays",
    "day.thu": "Thursdays",
    "day.fri": "Fridays",
    "day.sat": "Saturdays",
    "day.sun": "Sundays",
    "list.and": "{first} and {last}",
    "span.seconds": "{count} s",
    "span.minutes": "{count} min",
    "span.hours": "{count} h",
}
