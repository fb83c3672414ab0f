"""Mail settings that do not fit are told before the first mail, each by its name."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from openletter.lib import env


def complaints() -> list[str]:
    return [found.msg for found in run_checks(tags=["security"]) if str(found.id)[:5] == "mail."]


def test_the_defaults_are_fine() -> None:
    assert complaints() == []


GOOD = [
    {"MAIL_PROVIDER": "postmark", "ANYMAIL": {"POSTMARK_SERVER_TOKEN": "x"}},
    {"WEBHOOK_SECRET": "openletter:0123456789-0123456789-0123"},
    {"BOUNCE_ADDRESS": "bounces@example.org"},
    {"BOUNCE_MAILBOX": "/var/mail/bounces"},
    {"BOUNCE_MAILBOX": "imaps://bounces:secret@imap.example.org/INBOX"},
    {"ALARM_EMAIL": "operator@example.org"},
]


@pytest.mark.parametrize("good", GOOD)
def test_settings_that_fit_are_not_complained_of(good: dict[str, Any], settings: Any) -> None:
    for name, value in good.items():
        setattr(settings, name, value)
    assert complaints() == []


WRONG = [
    ({"MAIL_PROVIDER": "postmark"}, "ANYMAIL_POSTMARK_SERVER_TOKEN"),
    ({"MAIL_PROVIDER": "mailgun"}, "ANYMAIL_MAILGUN_API_KEY"),
    ({"MAIL_PROVIDER": "brevo"}, "ANYMAIL_BREVO_API_KEY"),
    ({"MAIL_PROVIDER": "amazon_ses"}, "django-anymail[amazon-ses]"),
    ({"MAIL_PROVIDER": "pigeon"}, "MAIL_PROVIDER"),
    ({"WEBHOOK_SECRET": "openletter:short"}, "WEBHOOK_SECRET"),
    ({"WEBHOOK_SECRET": "0123456789-0123456789-0123456789"}, "WEBHOOK_SECRET"),
    ({"BOUNCE_ADDRESS": "bounces"}, "BOUNCE_ADDRESS"),
    ({"BOUNCE_ADDRESS": "fourteen-chars@example.org"}, "13 characters"),
    ({"BOUNCE_MAILBOX": "imap://bounces:secret@imap.example.org"}, "BOUNCE_MAILBOX"),
    ({"ALARM_EMAIL": "me"}, "ALARM_EMAIL"),
]


@pytest.mark.parametrize(("wrong", "named"), WRONG)
def test_a_setting_that_does_not_fit_is_named_in_one_sentence(
    wrong: dict[str, Any], named: str, settings: Any
) -> None:
    settings.ANYMAIL = {}
    for name, value in wrong.items():
        setattr(settings, name, value)
    (complaint,) = complaints()
    assert named in complaint
    assert "secret@" not in complaint


def test_the_settings_of_a_service_are_read_from_every_variable_of_its_prefix(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANYMAIL_POSTMARK_SERVER_TOKEN", " 123 ")
    monkeypatch.setenv("ANYMAIL_DEBUG_API_REQUESTS", "False")
    monkeypatch.setenv("ANYMAIL_AMAZON_SES_CLIENT_PARAMS", '{"region_name": "eu-central-1"}')
    assert env.prefixed("ANYMAIL_") == {
        "POSTMARK_SERVER_TOKEN": "123",
        "DEBUG_API_REQUESTS": False,
        "AMAZON_SES_CLIENT_PARAMS": {"region_name": "eu-central-1"},
    }


def test_a_variable_that_only_starts_like_json_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANYMAIL_SEND_DEFAULTS", "{tags")
    with pytest.raises(ImproperlyConfigured, match="ANYMAIL_SEND_DEFAULTS"):
        env.prefixed("ANYMAIL_")
