"""What somebody acts on is deleted at that moment: they are told, and nothing breaks."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from openletter.accounts.models import User
from openletter.letters.models import TextVersion, Update
from openletter.mail.models import OutgoingMail
from openletter.mailings.models import Mailing
from openletter.moderation.models import AuditEntry
from openletter.signatures.models import Signature
from tests.asking import fields_in, form_of, seen
from tests.factories import log_in, make_draft, make_held, make_letter, make_moderator, make_update
from tests.racing import behind

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(transactional_db: None) -> Client:
    return log_in()


def told(answer: Any) -> list[str]:
    return [message.level_tag for message in get_messages(answer.wsgi_request)]


@pytest.mark.parametrize("kind", ["update", "textversion"])
def test_what_is_discarded_is_not_published(desk: Client, kind: str) -> None:
    letter = make_letter()
    draft: Update | TextVersion
    draft = make_update(letter, published=False) if kind == "update" else make_draft(letter, en="x")
    page = f"/admin/letters/{kind}/{draft.pk}/publish/"
    shown = {"seen": seen(desk.get(page))}
    answer = behind(draft.delete, lambda: desk.post(page, shown))
    assert (answer.status_code, told(answer)) == (302, ["error"])
    assert desk.get(answer["Location"]).status_code == 302  # to the front page, which says so too


def test_an_update_that_is_discarded_is_not_prepared_for_mailing(desk: Client) -> None:
    update = make_update(make_letter(), published=False)
    page = f"/admin/mailings/mailing/prepare/{update.pk}/"
    answer = behind(update.delete, lambda: desk.post(page))
    assert (answer.status_code, told(answer)) == (302, ["error"])
    assert not Mailing.objects.exists()


def test_an_update_that_is_being_prepared_is_not_discarded(desk: Client) -> None:
    update = make_update(make_letter(), published=False)
    other = log_in(User.objects.get())
    answer = behind(
        lambda: other.post(f"/admin/mailings/mailing/prepare/{update.pk}/"),
        lambda: desk.post(f"/admin/letters/update/{update.pk}/delete/", {"post": "yes"}),
    )
    assert answer.status_code == 200
    assert Mailing.objects.get().update == update


# --- The account of the one who acts ------------------------------------------------------------


def gone(desk: Client, answer: Any) -> bool:
    """Say whether somebody was led to the log-in, and is logged in no more."""
    return (
        answer.status_code == 302
        and "/login/" in answer["Location"]
        and "_auth_user_id" not in desk.session
    )


def test_whose_account_is_deleted_decides_nothing(desk: Client) -> None:
    olive = make_moderator("olive@example.org")
    hers, held = log_in(olive), make_held(make_letter())
    page = "/admin/signatures/signature/"
    chosen = {"action": "published", "_selected_action": str(held.pk)}
    asked = fields_in(hers.post(page, chosen).content.decode())
    sent = {**asked, **chosen, "reason": "fine"}
    answer = behind(olive.delete, lambda: hers.post(page, sent))
    assert gone(hers, answer)
    held.refresh_from_db()
    assert held.state == Signature.State.HELD
    assert not AuditEntry.objects.filter(action="published signature").exists()


def test_whose_account_is_deleted_saves_nothing(desk: Client) -> None:
    olive = make_moderator("olive@example.org")
    hers, letter = log_in(olive), make_letter()
    page = f"/admin/letters/letter/{letter.pk}/change/"
    sent = {**form_of(hers.get(page)), "sender_name": "Another"}
    assert gone(hers, behind(olive.delete, lambda: hers.post(page, sent)))
    letter.refresh_from_db()
    assert letter.sender_name == "The Initiative"


def test_whose_account_is_deleted_sends_no_test(desk: Client) -> None:
    olive = make_moderator("olive@example.org")
    hers, update = log_in(olive), make_update(make_letter(), published=False)
    page = f"/admin/mailings/mailing/try/{update.pk}/"
    assert gone(hers, behind(olive.delete, lambda: hers.post(page)))
    assert not OutgoingMail.objects.exists()
