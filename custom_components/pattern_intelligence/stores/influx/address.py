"""Where an InfluxDB is, and as whom one speaks to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
import re
from typing import Final

from ...wire.influx import AddressError, check_url
from ..base import Layer, StoreError

DEFAULT_PREFIX: Final = "pattern_intelligence"
_PREFIX: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_HOME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


class InfluxVersion(StrEnum):
    """The kinds of server there are."""

    V2 = "2"
    V1 = "1.8"


@dataclass(frozen=True, slots=True)
class InfluxAddress:
    """Where an InfluxDB is, and as whom one speaks to it.

    Attributes:
        url: ``http://host:8086`` or ``https://…``, without user, query or fragment.
        version: which kind of server it is.
        organization: of 2.x: the organization that owns the buckets.
        token: of 2.x.
        database: of 1.8: the database that holds the retention policies.
        username: of 1.8; empty where the server asks for none.
        password: of 1.8.
        prefix: what the names of the buckets, or retention policies, begin with.
        verify_tls: whether the server's certificate is checked.
        ca_file: file with the certificates that are trusted; None for the machine's.

    Raises:
        StoreError: it is no address, or a name in it is not a usable one.
    """

    url: str
    version: InfluxVersion = InfluxVersion.V2
    organization: str = ""
    token: str = field(default="", repr=False)
    database: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    prefix: str = DEFAULT_PREFIX
    verify_tls: bool = True
    ca_file: str | None = None

    def __post_init__(self) -> None:
        """Refuse what could be no address."""
        try:
            check_url(self.url)
        except AddressError as err:
            raise StoreError(str(err)) from err
        if not _PREFIX.fullmatch(self.prefix):
            raise StoreError(
                "{prefix!r} cannot begin the name of a bucket: use letters, digits, "
                "- and _",
                prefix=self.prefix,
            )

    def bucket(self, layer: Layer) -> str:
        """Return the name of the bucket, or retention policy, of a layer."""
        return f"{self.prefix}_{layer}"

    @property
    def host(self) -> str:
        """Return how a person is told of the server."""
        return self.url.rstrip("/")


def address_from(environment: Mapping[str, str], url: str) -> InfluxAddress:
    """Return the address that a URL and the client's own variables describe.

    An organization ``-`` stands for a 1.8, whose token is ``user:password`` and whose
    bucket may be ``database/prefix``.

    Args:
        environment: ``INFLUXDB_V2_TOKEN``, ``…_ORG``, ``…_BUCKET`` (the prefix; also as
            ``…_BUCKET_PREFIX``), ``…_VERIFY_SSL``, ``…_SSL_CA_CERT``.
        url: of the server.

    Raises:
        StoreError: they describe none.
    """
    organization = environment.get("INFLUXDB_V2_ORG", "")
    token = environment.get("INFLUXDB_V2_TOKEN", "")
    bucket = environment.get("INFLUXDB_V2_BUCKET_PREFIX", "")
    bucket = bucket or environment.get("INFLUXDB_V2_BUCKET", "")
    database, _, prefix = bucket.rpartition("/")
    verify = environment.get("INFLUXDB_V2_VERIFY_SSL", "true").lower()
    if not organization or not token:
        raise StoreError(
            "an InfluxDB needs INFLUXDB_V2_ORG and INFLUXDB_V2_TOKEN in the "
            "environment (for a 1.8: - and USER:PASSWORD)"
        )
    if organization != "-":
        version, username, password = InfluxVersion.V2, "", ""
    else:
        version, organization = InfluxVersion.V1, ""
        username, _, password = token.partition(":")
        token, database = "", database or DEFAULT_PREFIX
    return InfluxAddress(
        url=url,
        version=version,
        organization=organization,
        token=token,
        database=database,
        username=username,
        password=password,
        prefix=prefix or DEFAULT_PREFIX,
        verify_tls=verify not in {"false", "0", "no"},
        ca_file=environment.get("INFLUXDB_V2_SSL_CA_CERT") or None,
    )


def home_tag(home: str) -> str:
    """Return the id of a home if it can be one.

    Raises:
        ValueError: it cannot.
    """
    if not _HOME.fullmatch(home):
        raise ValueError(f"{home!r} is no id of a home")
    return home
