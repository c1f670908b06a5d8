"""The address of an InfluxDB, and what it says."""

import pytest

from custom_components.pattern_intelligence.wire.influx import (
    AddressError,
    check_url,
    said_in,
)


@pytest.mark.parametrize(
    "url",
    ["http://h", "https://h:8086", "http://h/influx/", "http://[::1]:1", "HTTP://H"],
)
def test_an_address(url: str) -> None:
    """Whatever leads to a server, below a path too."""
    check_url(url)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "not usable"),
        ("h:8086", "not usable"),
        ("ftp://h", "not usable"),
        ("http://", "not usable"),
        ("http://:8086", "not usable"),
        ("http://h:0x1", "not usable"),
        ("http://h:99999", "not usable"),
        ("http://[::1", "not usable"),
        ("http://@h", "more than a host"),
        ("http://u:s3cret@h", "more than a host"),
        ("http://h?q", "more than a host"),
        ("http://h/#f", "more than a host"),
    ],
)
def test_no_address(url: str, why: str) -> None:
    """Nothing that could leak or lead elsewhere; it is not repeated."""
    with pytest.raises(AddressError, match=why) as raised:
        check_url(url)
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"code": "invalid", "message": "no such\\nbucket"}', "no such bucket"),
        (b'{"error": "database not found"}', "database not found"),
        (b'{"code": "x"}', '{"code": "x"}'),
        (b"[1]", "[1]"),
        (b"<html>\n  busy", "<html> busy"),
        (b"caf\xe9", "caf\ufffd"),
        ("text", "text"),
        (None, "None"),
        (b"", ""),
        (b"a" * 200, "a" * 200),
        (b"a" * 201, "a" * 200 + "…"),
    ],
)
def test_what_a_server_says(body: bytes | str | None, said: str) -> None:
    """Its message, if there is one; one line of it."""
    assert said_in(body) == said
