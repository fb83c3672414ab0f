"""Environment variables: read once, and wrong ones refused in a sentence that names them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from openletter.lib import env

NAME = "OPENLETTER_TEST"
SECRET = "hunter2-hunter2"


def complaint(read: Callable[[], Any]) -> str:
    with pytest.raises(ImproperlyConfigured) as refused:
        read()
    assert refused.value.__cause__ is None
    return str(refused.value)


READERS: dict[str, tuple[str | None, Callable[[], Any]]] = {
    "text, not set": (None, lambda: env.text(NAME)),
    "text, empty": ("  ", lambda: env.text(NAME)),
    "boolean, neither": ("maybe", lambda: env.boolean(NAME, default=False)),
    "integer, a word": ("many", lambda: env.integer(NAME, default=1)),
    "integer, a fraction": ("1.5", lambda: env.integer(NAME, default=1)),
    "integer, too small": ("0", lambda: env.integer(NAME, default=1, least=1)),
    "integer, too large": ("11", lambda: env.integer(NAME, default=1, most=10)),
    "list, not set": (None, lambda: env.list_of(NAME)),
    "list, nothing in it": (" , ,", lambda: env.list_of(NAME)),
    "secret, not set": (None, lambda: env.secret(NAME, least=32)),
    "secret, too short": (SECRET, lambda: env.secret(NAME, least=32)),
    "time zone, none": ("Mars/Olympus", lambda: env.time_zone(NAME, "UTC")),
    "time zone, an offset": ("+01:00", lambda: env.time_zone(NAME, "UTC")),
    "url, not set": (None, lambda: env.url(NAME, schemes={"smtp"})),
    "url, another scheme": (
        f"mysql://suzie:{SECRET}@db",
        lambda: env.url(NAME, schemes={"postgresql"}),
    ),
    "url, no scheme": (f"suzie:{SECRET}@db", lambda: env.url(NAME, schemes={"postgresql"})),
    "url, broken": (f"smtp://suzie:{SECRET}@[mail", lambda: env.url(NAME, schemes={"smtp"})),
    "url, a port that is none": (
        f"smtp://suzie:{SECRET}@mail:port",
        lambda: env.url(NAME, schemes={"smtp"}),
    ),
    "url, look-alike": (
        f"smtp://suzie:{SECRET}@ma\u2100il",
        lambda: env.url(NAME, schemes={"smtp"}),
    ),
}


@pytest.mark.parametrize(("value", "read"), READERS.values(), ids=READERS.keys())
def test_a_wrong_variable_is_refused_by_name_and_no_secret_is_repeated(
    monkeypatch: pytest.MonkeyPatch, value: str | None, read: Callable[[], Any]
) -> None:
    monkeypatch.delenv(NAME, raising=False)
    if value is not None:
        monkeypatch.setenv(NAME, value)
    said = complaint(read)
    assert NAME in said
    assert SECRET not in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        *(("1", True), ("TRUE", True), (" on ", True), ("yes", True), (None, True)),
        *(("0", False), ("False", False), ("off", False), ("no", False), ("", False)),
    ],
)
def test_truth_values_are_read_in_every_usual_spelling(
    monkeypatch: pytest.MonkeyPatch, value: str | None, meant: bool
) -> None:
    monkeypatch.delenv(NAME, raising=False)
    if value is not None:
        monkeypatch.setenv(NAME, value)
    assert env.boolean(NAME, default=True) is meant


def test_what_is_not_set_takes_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)
    assert env.text(NAME, "x") == "x"
    assert env.integer(NAME, default=7) == 7
    assert env.list_of(NAME, "") == []
    assert env.url(NAME, schemes={"smtp"}, default="smtp://mail") == "smtp://mail"


def test_what_is_set_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, " a, b ,,c ")
    assert env.list_of(NAME) == ["a", "b", "c"]
    monkeypatch.setenv(NAME, " 10 ")
    assert env.integer(NAME, default=1, least=1, most=10) == 10
    assert env.text(NAME) == "10"
    monkeypatch.setenv(NAME, "unix:///run/v.sock?db=0")
    assert env.url(NAME, schemes={"redis", "unix"}) == "unix:///run/v.sock?db=0"
