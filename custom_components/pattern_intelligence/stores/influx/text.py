"""Text as it may stand in a line of points and in an answer in CSV.

Whatever devices report must come back exactly, and neither format takes everything:
tags hold no line break and do not end in a backslash, CSV quotes commas. So what is
not plain is written as in a URL, ``%`` and two digits a byte. Ordinary ids and states
stay as they are.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote

from ..base import StoreError

_SPECIAL: Final = re.compile('[%,"\\\\\x7f\ufffd]|^\\s')
_TAG: Final = str.maketrans({" ": "\\ ", "=": "\\="})


def encoded(text: str) -> str:
    """Return a text as it is stored.

    Raises:
        StoreError: it is no valid Unicode.
    """
    if text.isprintable() and not _SPECIAL.search(text):
        return text
    try:
        first, rest = text[:1], text[1:]
        start = quote(first, safe="") if first.isspace() else _escaped(first)
        return start + "".join(map(_escaped, rest))
    except UnicodeEncodeError as err:
        raise StoreError(
            "InfluxDB cannot hold a text that is no valid Unicode: nothing was changed"
        ) from err


def decoded(text: str) -> str:
    """Return the text that :func:`encoded` wrote."""
    return unquote(text, errors="strict") if "%" in text else text


def as_tag(text: str) -> str:
    """Return a text as the value of a tag in a line; not for an empty one.

    Raises:
        StoreError: it is no valid Unicode.
    """
    return encoded(text).translate(_TAG)


def _escaped(character: str) -> str:
    if character.isprintable() and not _SPECIAL.match(character):
        return character
    # A blank is special at the beginning only.
    return character if character == " " else quote(character, safe="")
