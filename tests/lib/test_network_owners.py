"""Whose a network is: by files of the operator's, which may be missing, broken or changed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks

from openletter.lib.people import network_owners, networks
from openletter.lib.people.network_owners import NOBODY, Owner, owner_of
from tests import mmdb

ASN: dict[str, mmdb.Record] = {
    "192.0.2.0/24": {
        "autonomous_system_number": 64496,
        "autonomous_system_organization": "Example Net",
    },
    "2001:db8::/32": {"as_name": "Sixth Net"},
}
COUNTRY: dict[str, mmdb.Record] = {
    "192.0.2.0/24": {"country_code": "IS"},
    "198.51.100.0/24": {"country": {"iso_code": "FR"}},
    "2001:db8::/32": {"country": "de"},
}


@pytest.fixture
def files(tmp_path: Path, settings: Any) -> list[str]:
    found = [
        str(mmdb.write(tmp_path / "asn.mmdb", ASN)),
        str(mmdb.write(tmp_path / "country.mmdb", COUNTRY)),
    ]
    settings.NETWORKS_FILE = found
    return found


def owner(address: str) -> Owner:
    return owner_of(networks.network_of(address))


def complaints() -> list[str]:
    return [one.msg for one in run_checks() if one.id == "openletter.W002"]


def test_each_file_says_what_it_knows(files: list[str]) -> None:
    assert owner("192.0.2.7") == Owner("IS", "Example Net")
    assert owner("198.51.100.7") == Owner("FR", "")
    assert owner("2001:db8:1:2::7") == Owner("DE", "Sixth Net")
    assert owner("203.0.113.7") == NOBODY
    assert complaints() == []


def test_an_address_of_the_old_kind_is_found_in_its_new_dress(files: list[str]) -> None:
    assert owner("::ffff:192.0.2.7") == Owner("IS", "Example Net")


@pytest.mark.parametrize("nowhere", ["127.0.0.1", "nonsense", ""])
def test_nobody_has_what_is_no_network(
    files: list[str], nowhere: str, tmp_path: Path, settings: Any
) -> None:
    whole = mmdb.write(tmp_path / "all.mmdb", {"0.0.0.0/1": {"country_code": "IS"}})
    settings.NETWORKS_FILE = [str(whole)]
    assert owner("10.0.0.1") == Owner("IS")
    assert owner(nowhere) == NOBODY
    assert owner_of(None) == NOBODY


def test_a_file_of_old_addresses_knows_no_new_ones(tmp_path: Path, settings: Any) -> None:
    path = mmdb.write(tmp_path / "v4.mmdb", {"192.0.2.0/24": {"country_code": "IS"}}, version=4)
    settings.NETWORKS_FILE = [str(path)]
    assert owner("192.0.2.7") == Owner("IS")
    assert owner("2001:db8::7") == NOBODY


def test_where_no_file_is_named_nothing_is_known(settings: Any) -> None:
    settings.NETWORKS_FILE = []
    assert not network_owners.is_known()
    assert owner("192.0.2.7") == NOBODY
    assert complaints() == []


@pytest.mark.parametrize(
    ("record", "found"),
    [
        ({"country_code": "Iceland"}, NOBODY),
        ({"country_code": "ÄÖ"}, NOBODY),
        ({"country_code": 7}, NOBODY),
        ({"country": {"names": {"en": "Iceland"}}}, NOBODY),
        ({"as_name": 7}, NOBODY),
        ({"as_name": "  Some\n\u202eNet\x00 "}, Owner("", "Some Net")),
        ({"as_name": "x" * 400}, Owner("", "x" * 80)),
    ],
)
def test_what_a_file_says_is_tidied(
    record: mmdb.Record, found: Owner, tmp_path: Path, settings: Any
) -> None:
    settings.NETWORKS_FILE = [str(mmdb.write(tmp_path / "odd.mmdb", {"192.0.2.0/24": record}))]
    assert owner("192.0.2.7") == found


def replaced_by(path: Path, make: Callable[[Path], object]) -> None:
    path.unlink()
    make(path)


BROKEN: dict[str, Callable[[Path], object]] = {
    "missing": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "no such file": lambda path: path.write_text("a table of networks\n" * 100),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-60]),
    "without its tree": lambda path: path.write_bytes(path.read_bytes()[400:]),
    "a folder": lambda path: replaced_by(path, Path.mkdir),
    "a pipe": lambda path: replaced_by(path, os.mkfifo),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_file_is_told_and_stops_nothing(
    how: str, files: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    BROKEN[how](Path(files[0]))
    for _ in range(3):
        assert owner("192.0.2.7") == Owner("IS", "")
    (complaint,) = complaints()
    assert files[0] in complaint
    assert [one.getMessage() for one in caplog.records] == [complaint]


def test_a_file_whose_records_are_garbage_knows_nothing(files: list[str]) -> None:
    path = Path(files[0])
    content = path.read_bytes()
    begin = content.index(b"autonomous_system_number") - 2
    path.write_bytes(content[:begin] + b"\xff" * 40 + content[begin + 40 :])
    assert owner("192.0.2.7") == Owner("IS", "")


def test_a_new_file_is_read_within_a_minute(
    files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: seconds[0])
    assert owner("192.0.2.7").name == "Example Net"
    fresh = Path(files[0]).with_suffix(".new")
    mmdb.write(fresh, {"192.0.2.0/24": {"as_name": "Other Net"}})
    fresh.replace(files[0])
    assert owner("192.0.2.7").name == "Example Net"
    seconds[0] += 61
    assert owner("192.0.2.7").name == "Other Net"


def test_a_file_that_is_written_anew_in_its_place_kills_nobody(
    files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is mapped into memory would: reading behind its new end is a fault."""
    seconds = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: seconds[0])
    assert owner("192.0.2.7").name == "Example Net"
    Path(files[0]).write_bytes(b"")
    assert owner("192.0.2.7").name == ""
    mmdb.write(Path(files[0]), {"192.0.2.0/24": {"as_name": "Other Net"}})
    seconds[0] += 61
    assert owner("192.0.2.7").name == "Other Net"
