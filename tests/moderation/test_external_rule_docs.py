"""What docs/external-rule.md tells operators is so."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import fields
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as of_site
from django.core.checks import run_checks
from django.utils import timezone

from openletter.moderation.external_rule import asking, breaker, posting
from openletter.moderation.external_rule.question import Occasion, Question
from tests.other_program import SECRET

PAGE = Path(of_site.BASE_DIR, "docs/external-rule.md").read_text(encoding="utf-8")
WORDS = {
    "letter": "open-letter",
    "kind": "person",
    "name": "Suzie Signer",
    "represented_by": "",
    "title": "Baker",
    "affiliation": "Bakery",
    "comment": "Please listen!",
    "email_domain": "example.org",
}


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def test_the_example_of_a_question_is_one() -> None:
    said = json.loads(block("json"))
    now = timezone.now().fromisoformat(said["timestamp"])
    assert json.loads(Question(**WORDS).as_json(Occasion.CONFIRM, now)) == said


def test_every_field_and_occasion_is_named() -> None:
    asked = {*block("json").split('"'), *re.findall(r"`([\w.]+)`", PAGE)}
    assert {field.name for field in fields(Question)} | set(Occasion) <= asked


def test_the_privacy_documents_name_every_field() -> None:
    page = Path(of_site.BASE_DIR, "docs/privacy.md").read_text(encoding="utf-8")
    (row,) = re.findall(r"^\| the program at `EXTERNAL_RULE_URL`.*$", page, re.MULTILINE)
    assert {field.name for field in fields(Question)} <= set(re.findall(r"`(\w+)`", row))


def test_the_limits_are_those_that_are_documented() -> None:
    assert (asking.SECONDS, asking.MOST_BYTES, asking.LONGEST_REASON) == (1.0, 8 * 1024, 300)
    assert (breaker._MOST_ERRORS, breaker._PROBE_EVERY, breaker._LOG_EVERY) == (3, 30.0, 60.0)
    assert (breaker._ALARM_AFTER, posting.MOST_AT_A_TIME) == (300.0, 2)


@pytest.mark.django_db
def test_the_example_of_a_program_understands_and_is_understood(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXTERNAL_RULE_SECRET", SECRET)
    example, _serve_forever = block("python").rsplit("\n\n", 1)
    assert len([line for line in block("python").splitlines() if line]) <= 20
    names: dict[str, Any] = {}
    exec(example, names)  # noqa: S102 - ours
    monkeypatch.setattr(names["Judge"], "log_message", lambda *_said: None)
    settings.EXTERNAL_RULE_SECRET = SECRET
    with ThreadingHTTPServer(("127.0.0.1", 0), names["Judge"]) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        settings.EXTERNAL_RULE_URL = f"http://127.0.0.1:{server.server_port}/"
        now = timezone.now()
        bargain = Question(**{**WORDS, "comment": "What a bargain"})
        found = asking.ask(bargain, Occasion.CONFIRM, now=now)
        assert found == asking.Objection("The comment may be an advertisement.")
        assert asking.ask(Question(**WORDS), Occasion.CONFIRM, now=now) is None
        assert asking.breaker.errors == 0
        settings.EXTERNAL_RULE_SECRET = f"whsec_{'A' * 40}"  # another site asks
        assert asking.ask(bargain, Occasion.CONFIRM, now=now) is None
        assert asking.breaker.errors == 1
        server.shutdown()


def complaints() -> list[str]:
    found = run_checks(tags=["security"])
    return [one.msg for one in found if str(one.id).startswith("moderation.")]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://rules.example.org/judge?x=1",
        "http://127.0.0.1:9000/",
        "http://[::1]:9/",
        "http://localhost/",
    ],
)
def test_an_address_that_may_be_asked(url: str, settings: Any) -> None:
    settings.EXTERNAL_RULE_URL, settings.EXTERNAL_RULE_SECRET = url, SECRET if url else ""
    assert complaints() == []


@pytest.mark.parametrize(
    ("url", "secret", "named"),
    [
        ("http://rules.example.org/", SECRET, "https://"),
        ("http://127.0.0.1.example.org/", SECRET, "https://"),
        ("ftp://rules.example.org/", SECRET, "https://"),
        ("rules.example.org", SECRET, "https://"),
        ("https://", SECRET, "https://"),
        ("https://[::1", SECRET, "not a URL"),
        ("https://rules.example.org:x/", SECRET, "not a URL"),
        ("https://me:secret@rules.example.org/", SECRET, "password"),
        ("https://rules.example.org/ä", SECRET, "ASCII"),
        ("https://rules.example.org/", "", "EXTERNAL_RULE_SECRET"),
        ("https://rules.example.org/", SECRET.removeprefix("whsec_"), "EXTERNAL_RULE_SECRET"),
        ("https://rules.example.org/", "whsec_c2hvcnQ=", "EXTERNAL_RULE_SECRET"),
        ("https://rules.example.org/", "whsec_%%%%", "EXTERNAL_RULE_SECRET"),
        ("", SECRET, "EXTERNAL_RULE_URL is not"),
    ],
)
def test_settings_that_do_not_fit_are_told_and_nobody_is_asked(
    url: str, secret: str, named: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EXTERNAL_RULE_URL, settings.EXTERNAL_RULE_SECRET = url, secret
    (complaint,) = complaints()
    assert named in complaint
    assert not secret or secret not in complaint
    assert "rules.example" not in complaint
    monkeypatch.setattr(asking, "post", None)
    assert asking.ask(Question(**WORDS), Occasion.CONFIRM, now=timezone.now()) is None
