"""Amazon SES reports through SNS, which has ways of its own: envelopes, subscriptions, topics."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from django.test import Client

from openletter.mail.feedback import return_path
from openletter.mail.models import OutgoingMail, SuppressedAddress
from tests.mail.outgoing import sent, state_of
from tests.mail.reporting import SECRET, payload, post, with_said

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _listening(settings: Any) -> None:
    settings.WEBHOOK_SECRET = SECRET


def ses_complaint() -> dict[str, Any]:
    return with_said(
        "amazon_ses",
        {},
        notificationType="Complaint",
        complaint={
            "complainedRecipients": [{"emailAddress": "suzie@example.org"}],
            "complaintFeedbackType": "abuse",
        },
    )


def test_a_complaint_through_ses_stops_all_mail_to_the_address(mail: OutgoingMail) -> None:
    post("amazon_ses", ses_complaint())
    assert state_of(mail) == "complained"
    assert list(SuppressedAddress.objects.values_list("topic", "reason")) == [("", "complaint")]


def ses_from(source: str, *, with_headers: bool) -> dict[str, Any]:
    """A notification of SES without our id in it, as when mail goes over its SMTP."""
    mail = json.loads(payload("amazon_ses")["Message"])["mail"]
    mail["source"] = source
    del mail["commonHeaders"]
    if with_headers:
        mail["headers"][2]["value"] = "<somebody-elses@example.net>"
    else:
        del mail["headers"]
    return with_said("amazon_ses", {}, mail=mail)


def test_ses_names_the_mail_by_its_return_path(mail: OutgoingMail, settings: Any) -> None:
    settings.BOUNCE_ADDRESS = "bounces@example.com"
    sent()  # a later mail to the same address
    post("amazon_ses", ses_from(return_path.for_mail(mail.pk), with_headers=False))
    assert state_of(mail) == "bounced"


def test_a_provider_that_names_no_mail_means_the_last_one_to_the_address() -> None:
    earlier, last = sent(), sent()
    post("amazon_ses", ses_from("letters@example.com", with_headers=False))
    assert (state_of(earlier), state_of(last)) == ("sent", "bounced")


def test_a_mail_of_another_site_with_the_same_account_is_not_taken_for_ours() -> None:
    ours = sent()
    post("amazon_ses", ses_from("letters@example.com", with_headers=True))
    assert state_of(ours) == "sent"


def test_amazon_is_asked_for_its_name_and_secret() -> None:
    said = payload("amazon_ses")
    response = Client().post(
        "/webhooks/mail/amazon_ses/", json.dumps(said), content_type="text/plain"
    )
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Basic")


def test_t32_a_notification_of_another_topic_is_refused(mail: OutgoingMail, settings: Any) -> None:
    settings.SNS_TOPIC_ARN = "arn:aws:sns:eu-central-1:999999999999:mine"
    assert post("amazon_ses", payload("amazon_ses")).status_code == 403
    assert state_of(mail) == "sent"


Answer = Callable[[int], list[str]]


@pytest.fixture
def amazon(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Stand in for Amazon's web server, and return the addresses that were asked for."""

    def answering(status: int) -> list[str]:
        asked: list[str] = []

        def get(address: str, **_options: Any) -> SimpleNamespace:
            asked.append(address)
            if status == 0:
                raise requests.ConnectionError
            return SimpleNamespace(status_code=status)

        monkeypatch.setattr(requests, "get", get)
        return asked

    return answering


def test_a_subscription_that_knows_the_secret_is_agreed_to(amazon: Answer) -> None:
    asked = amazon(200)
    said = payload("amazon_ses_subscription")
    assert post("amazon_ses", said).status_code == 200
    assert asked == [said["SubscribeURL"]]


@pytest.mark.parametrize("status", [0, 500])
def test_a_subscription_is_wanted_again_while_amazon_is_away(amazon: Answer, status: int) -> None:
    amazon(status)
    assert post("amazon_ses", payload("amazon_ses_subscription")).status_code == 503


QUERY = "?Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-central-1:123456789012:openletter"
SNS = "https://sns.eu-central-1.amazonaws.com/"
ELSEWHERE = [
    "http://sns.eu-central-1.amazonaws.com/",
    "https://127.0.0.1/",
    "https://sns.eu-central-1.amazonaws.com.example.org/",
    "https://user@sns.eu-central-1.amazonaws.com/",
    "https://sns.eu-central-1.amazonaws.com:8443/",
    "https://sns.s3.amazonaws.com/",  # a bucket, of whoever took the name
    "https://sns.s3-eu-central-1.amazonaws.com/",
    "https://sns.lambda-url.amazonaws.com/",
    "https://sns.eu-central-1.s3.amazonaws.com/",
    "https://evil.sns.eu-central-1.amazonaws.com/",
    "https://sns.eu-central-1.amazonaws.com.cn/",
    "https://sns.cn-north-1.amazonaws.com/",
    "https://sns..amazonaws.com/",
    "https://sns.amazonaws.com/",
    "https://sns.eu-central-1.amazonaws.com@example.org/",
    "https://example.org\\@sns.eu-central-1.amazonaws.com/",
    "https://ec2.eu-central-1.amazonaws.com/",
    "file:///etc/passwd",
    "",
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_t40_a_subscription_leads_nowhere_but_to_amazon(amazon: Answer, address: str) -> None:
    asked = amazon(200)
    said = payload("amazon_ses_subscription") | {"SubscribeURL": address + QUERY}
    assert post("amazon_ses", said).status_code == 403
    assert asked == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        QUERY.replace("Confirm", "Delete"),
        QUERY.replace("123456789012", "999999999999"),
        "?Action=ConfirmSubscription",
    ],
)
def test_t40_a_subscription_agrees_to_its_own_topic_and_does_nothing_else(
    amazon: Answer, query: str
) -> None:
    asked = amazon(200)
    said = payload("amazon_ses_subscription") | {"SubscribeURL": SNS + query}
    assert post("amazon_ses", said).status_code == 403
    assert asked == []


@pytest.mark.parametrize(
    "host",
    [
        *("sns.us-east-1.amazonaws.com", "sns.ap-southeast-5.amazonaws.com"),
        *("sns.us-gov-west-1.amazonaws.com", "sns.cn-northwest-1.amazonaws.com.cn"),
    ],
)
def test_every_region_of_amazon_is_believed(amazon: Answer, host: str) -> None:
    asked = amazon(200)
    said = payload("amazon_ses_subscription") | {"SubscribeURL": f"https://{host}/{QUERY}"}
    assert post("amazon_ses", said).status_code == 200
    assert len(asked) == 1


@pytest.mark.parametrize("address", ELSEWHERE)
def test_t40_a_message_whose_certificate_lies_elsewhere_is_not_from_amazon(
    mail: OutgoingMail, address: str
) -> None:
    said = payload("amazon_ses") | {"SigningCertURL": address + "a.pem"}
    assert post("amazon_ses", said).status_code == 403
    assert state_of(mail) == "sent"
