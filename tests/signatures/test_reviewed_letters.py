"""Where every signature is reviewed, whoever signs is told before, and nobody elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.lib import tokens
from openletter.mail.models import OutgoingMail
from openletter.mail.outbox.messages import compose
from openletter.signatures import confirmation
from openletter.signatures.models import Signature

pytestmark = pytest.mark.django_db


def _words_before_signing(client: Client, sign: Any) -> list[str]:
    """Return every page and mail that somebody reads before a signature is confirmed."""
    (letter,) = Letter.objects.all()
    inbox = sign()["Location"]
    mail = compose(OutgoingMail.objects.get())
    assert mail is not None
    attempt = Signature.objects.get()
    confirm = f"/s/{tokens.make('confirm', attempt.public_id)}/confirm/"
    pages = [f"/{letter.slug}/", f"/{letter.slug}/sign/", inbox, confirm]
    html = [client.get(page).content.decode() for page in pages]
    return [*html, str(mail.body), str(mail.alternatives[0][0])]


def test_a_letter_that_is_reviewed_says_so_before_it_is_signed(client: Client, sign: Any) -> None:
    Letter.objects.update(policy=Letter.Policy.AFTER_REVIEW)
    for words in _words_before_signing(client, sign):
        assert "a moderator reviews" in words
        assert "counts once you" not in words


def test_other_letters_promise_that_confirming_is_enough(client: Client, sign: Any) -> None:
    for words in _words_before_signing(client, sign):
        assert "a moderator reviews" not in words


def test_the_thanks_say_that_all_are_reviewed_only_where_they_are(
    client: Client, sign: Any
) -> None:
    Letter.objects.update(policy=Letter.Policy.AFTER_REVIEW)
    sign()
    attempt = Signature.objects.get()
    confirmation.confirm(attempt, now=timezone.now())
    page = f"/s/{tokens.make('signed', attempt.public_id)}/signed/"
    reviewed = client.get(page).content.decode()
    Letter.objects.update(policy=Letter.Policy.AT_ONCE)
    held = client.get(page).content.decode()
    assert "with some others" not in reviewed
    assert "with some others" in held
