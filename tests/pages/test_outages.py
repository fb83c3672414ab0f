"""What people see when something breaks on our side."""

from __future__ import annotations

import re
from typing import Any
from unittest.mock import Mock

import django.db
import psycopg
import pytest
from django.db import DataError, InterfaceError, OperationalError, connection
from django.middleware.common import CommonMiddleware
from django.test import Client
from psycopg import errors

from openletter.lib.outage import Outage
from openletter.mail.models import OutgoingMail
from openletter.pages import outages, views
from openletter.signatures import signing
from openletter.signatures.models import Signature
from tests.conftest import form_for
from tests.factories import make_letter
from tests.live.waiting import let_last


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def broken_by(problem: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def raising(*_args: Any, **_kwargs: Any) -> None:
        raise problem

    monkeypatch.setattr(views, "render", raising)


@pytest.mark.django_db
@pytest.mark.parametrize("problem", [OperationalError("lock timeout"), InterfaceError("closed")])
def test_what_passes_by_itself_is_a_503_that_says_when_to_come_again(
    client: Client, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    broken_by(problem, monkeypatch)
    response = client.get("/")
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert response["Cache-Control"] == "no-store"
    assert "send them again in half a minute" in response.content.decode()
    assert str(problem) not in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["view", "middleware"])
def test_a_site_for_development_says_so_too(
    client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any, where: str
) -> None:
    settings.DEBUG = True
    problem = OperationalError("lock timeout")
    if where == "view":
        broken_by(problem, monkeypatch)
    else:
        monkeypatch.setattr(CommonMiddleware, "process_request", Mock(side_effect=problem))
    response = client.get("/")
    assert (response.status_code, response["Retry-After"]) == (503, "30")


@pytest.mark.django_db
def test_a_site_for_development_shows_its_defects(
    client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.DEBUG = True
    broken_by(ValueError("x = 7"), monkeypatch)
    response = client.get("/")
    assert (response.status_code, "x = 7" in response.content.decode()) == (500, True)


def told(problem: psycopg.Error) -> Exception:
    """Return what Django makes of an error of psycopg; both classes call it the same."""
    name = next(one.__name__ for one in type(problem).mro() if one.__module__ == "psycopg")
    wrapped: Exception = getattr(django.db, name)(str(problem))
    wrapped.__cause__ = problem
    return wrapped


PASSING = (
    *(errors.IdleInTransactionSessionTimeout, errors.ReadOnlySqlTransaction, errors.QueryCanceled),
    *(errors.AdminShutdown, errors.CrashShutdown, errors.CannotConnectNow, errors.LockNotAvailable),
    *(errors.SerializationFailure, errors.DeadlockDetected, errors.TooManyConnections),
    *(errors.DiskFull, errors.OutOfMemory, errors.ConnectionFailure),
)


@pytest.mark.django_db
@pytest.mark.parametrize("problem", PASSING)
def test_f30_what_postgresql_ended_passes_by_itself_whatever_it_is_called(
    client: Client, monkeypatch: pytest.MonkeyPatch, problem: type[psycopg.Error]
) -> None:
    broken_by(told(problem("ended")), monkeypatch)
    response = client.get("/")
    assert (response.status_code, response["Retry-After"]) == (503, "30")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "problem",
    [
        *(ValueError("x = 7"), DataError("x = 7")),
        *(told(errors.UndefinedTable("x = 7")), told(errors.InFailedSqlTransaction("x = 7"))),
    ],
)
def test_a_defect_of_ours_is_a_500(
    client: Client, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    broken_by(problem, monkeypatch)
    response = client.get("/")
    assert (response.status_code, response.get("Retry-After")) == (500, None)
    page = response.content.decode()
    assert "This was not your fault." in page
    assert "x = 7" not in page


@pytest.mark.django_db
def test_in_german_too_and_with_the_name_of_the_site(
    client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.SITE_NAME = "Briefe der Stadt"
    broken_by(OperationalError(), monkeypatch)
    page = client.get("/de/").content.decode()
    title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    assert title
    assert title[1].strip() == "Wir sind gerade nicht erreichbar · Briefe der Stadt"


def lost() -> OperationalError:
    """What Django raises when PostgreSQL said nothing any more."""
    problem = OperationalError("consuming input failed: Connection timed out")
    problem.__cause__ = psycopg.OperationalError(str(problem))
    return problem


@pytest.mark.django_db
@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize(("problem", "is_asked"), [(lost(), 1), (OperationalError("lock"), 0)])
def test_f30_after_a_connection_broke_the_next_request_asks_whether_the_database_is_there(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    problem: Exception,
    is_asked: int,
    debug: bool,
) -> None:
    settings.DEBUG = debug
    asked: list[str] = []

    def is_back() -> bool:
        asked.append("now")
        return False

    monkeypatch.setattr(outages, "_database", Outage())
    monkeypatch.setattr(outages, "_is_back", is_back)
    with monkeypatch.context() as broken:
        broken_by(problem, broken)
        assert client.get("/").status_code == 503
    status = 503 if is_asked else 200
    assert client.get("/").status_code == client.get("/readyz").status_code == status
    assert client.get("/healthz").status_code == 200
    assert len(asked) == is_asked


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_f30_a_pause_within_a_transaction_is_a_503_and_nothing_is_kept_or_said(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = make_letter()
    mail_about, path = signing.mail_about, f"/{letter.slug}/sign/"

    def late(*args: Any, **kwargs: Any) -> OutgoingMail:
        let_last(0.5)
        return mail_about(*args, **kwargs)

    with monkeypatch.context() as slow:
        slow.setattr(signing, "mail_about", late)
        with connection.cursor() as cursor:
            cursor.execute("SET idle_in_transaction_session_timeout = 50")
        response = client.post(path, form_for(letter))
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert not Signature.objects.exists()
    assert not OutgoingMail.objects.exists()
    assert client.post(path, form_for(letter)).status_code == 302
    assert Signature.objects.count() == OutgoingMail.objects.count() == 1
