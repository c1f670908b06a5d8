"""The table that a person reads."""

from typing import Any

import pytest

from scripts.tools.table import render, span

HOME = {
    "time_zone": "Europe/Berlin",
    "first_day": "2026-01-01",
    "last_day": "2026-02-28",
    "days": 59,
    "events": 12345,
    "entities": 7,
}
NOTHING: dict[str, Any] = {
    "home": HOME,
    "patterns": [],
    "not_yet": {},
    "track_record": {},
}


def pattern(**changes: Any) -> dict[str, Any]:
    """Return a pattern that is one of every day, with changes."""
    return {
        "type": "time_of_day",
        "title": "Kitchen turns on about 06:45",
        "confidence": 0.934,
        "when": {"earliest": "06:31", "latest": "06:58", "date": None},
        "lag_s": None,
        "duration_s": None,
        "evidence": {"days_matched": 36, "days_eligible": 40},
        "status": "active",
        "automated_by": [],
    } | changes


LINK = pattern(
    type="co_occurrence",
    title="Hall turns on after Front door opens",
    confidence=0.7,
    when=None,
    lag_s={"median": 35, "p10": 12, "p90": 240},
    status="new",
    automated_by=["automation.hall"],
)


def test_patterns_stand_under_their_kind() -> None:
    """Kinds in the order of the contract, patterns in the order of the report."""
    report = NOTHING | {"patterns": [LINK, pattern()]}
    assert render(report, 100).splitlines() == [
        (
            "59 days from 2026-01-01 to 2026-02-28 (Europe/Berlin): "
            "12,345 events of 7 entities"
        ),
        "",
        "Times of day (1)",
        "   93%  06:31–06:58  Kitchen turns on about 06:45  36 of 40 days",
        "",
        "One thing after another (1)",
        (
            "   70%  after 35 s (12 s–4 min)  "
            "Hall turns on after Front door opens  36 of 40 days"
        ),
        "                                 [new, automated]",
    ]


def test_a_narrow_terminal_folds_titles() -> None:
    """No line is wider than the terminal."""
    long = pattern(title="First of the day: " + "Kitchen light turns on " * 4)
    lines = render(NOTHING | {"patterns": [long]}, 70).splitlines()[3:]
    assert len(lines) > 1
    assert max(map(len, lines)) <= 70


def test_silence_is_explained() -> None:
    """Detectors that found nothing say why, and the track record is told."""
    report = NOTHING | {
        "not_yet": {"seasonal": "Needs 90 days of history; 59 so far."},
        "track_record": {
            "time_of_day": {"claims": 412, "stated": 0.81, "happened": 0.79}
        },
    }
    assert render(report, 80).splitlines()[2:] == [
        "Nothing to report",
        "  Seasons: Needs 90 days of history; 59 so far.",
        "",
        "What was told and what then happened",
        "  Times of day: said 81%, happened 79% of 412 times",
    ]


def test_no_history_is_a_sentence() -> None:
    """Without a complete day there is nothing to count."""
    told = render(NOTHING | {"home": HOME | {"days": 0}}, 80)
    assert told == "No complete day of history yet, so no pattern."


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (99, "99 s"), (240, "4 min"), (5400, "90 min"), (9000, "2.5 h")],
)
def test_spans_have_the_unit_that_suits(seconds: float, text: str) -> None:
    """Seconds, minutes or hours."""
    assert span(seconds) == text
