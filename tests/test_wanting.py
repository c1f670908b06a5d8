"""What is skipped for want of a part is counted, and nothing else is."""

import pytest

from .wanting import skip_for_want_of, wanting


def _report(reason: str) -> pytest.TestReport:
    return pytest.TestReport(
        "tests/test_any.py::test_any",
        ("tests/test_any.py", 1, "test_any"),
        {},
        "skipped",
        ("tests/test_any.py", 1, f"Skipped: {reason}"),
        "setup",
    )


def test_the_reason_names_what_is_wanting() -> None:
    """The text of the skip is what the count reads."""
    with pytest.raises(pytest.skip.Exception) as skipped:
        skip_for_want_of("InfluxDB 1.8 (build one)", "no Go: install it")

    reports = [_report(str(skipped.value)), _report(str(skipped.value))]

    assert wanting(reports) == {"InfluxDB 1.8 (build one)": 2}


def test_other_reasons_are_not_counted() -> None:
    """A test that does not apply wants nothing."""
    assert not wanting([_report("Flux is switched off on a 1.8")])
