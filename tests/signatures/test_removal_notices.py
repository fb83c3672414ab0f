"""A signer is told that they were removed, if the moderator wants that and leaves it so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as django_mail
from django.test import Client
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.mail.models import OutgoingMail
from openletter.mail.outbox.messages import compose
from openletter.signatures import decisions, removal_notices
from openletter.signatures.models import Signature
from openletter.signatures.removal_notices import DELAY
from tests.factories import decide, make_held, make_letter, make_moderator
from tests.signatures.steps import choose, waiting
from tests.steps import state_of

pytestmark = pytest.mark.django_db
S = Signature.State
QUEUE = "/admin/signatures/signature/queue/"
NOTICE = "signatures.removed"


def press(desk: Client, signature: Signature, act: str, **typed: str) -> Any:
    sent = {"signature": signature.pk, "revision": signature.revision, "act": act, **typed}
    return desk.post(QUEUE, sent)


def owed() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind=NOTICE, state="due"))


def test_a_removal_tells_its_signer_why_after_some_minutes(desk: Client, letter: Letter) -> None:
    seen = waiting(letter, 5)
    press(desk, seen, "removed", given="given: no name", tells="1")
    (mail,) = owed()
    assert mail.recipient == seen.email
    assert mail.due_at - timezone.now() > removal_notices.DELAY - timedelta(minutes=1)
    message = compose(mail)
    assert message is not None
    assert "It is not the name of a person or an organisation." in message.body
    assert "/appeal/" in message.body


def test_nobody_is_told_where_the_moderator_wants_none(desk: Client, letter: Letter) -> None:
    press(desk, waiting(letter, 5), "removed", given="given: no name")
    press(desk, waiting(letter, 5), "published", tells="1")
    assert owed() == []


def test_nobody_is_told_about_what_a_program_sent(desk: Client, letter: Letter) -> None:
    press(desk, waiting(letter, 5), "removed", given="given: scripted", tells="1")
    assert owed() == []


def test_undoing_takes_the_mail_back(desk: Client, letter: Letter) -> None:
    seen = waiting(letter, 5)
    press(desk, seen, "removed", given="given: no name", tells="1")
    (mail,) = owed()
    desk.post(f"{QUEUE}undo/")
    assert (state_of(seen), owed()) == ("held", [])
    assert compose(mail) is None  # had a worker it in hand already
    press(desk, seen, "removed", given="given: no name", tells="1")
    assert len(owed()) == 1


def told_and_sent(desk: Client, letter: Letter) -> Signature:
    """Make a signature whose removal its signer has read about."""
    seen = waiting(letter, 5)
    press(desk, seen, "removed", given="given: no name", tells="1")
    OutgoingMail.objects.filter(kind=NOTICE).update(state="sent", sent_at=timezone.now())
    return seen


@pytest.mark.parametrize(("to", "said"), [(S.PUBLISHED, "counted again"), (S.HELD, "look at it")])
def test_who_was_told_of_a_removal_is_told_when_it_is_over(
    desk: Client, letter: Letter, to: Signature.State, said: str
) -> None:
    decide(told_and_sent(desk, letter), to)
    (mail,) = OutgoingMail.objects.filter(kind=removal_notices.RESTORED)
    message = compose(mail)
    assert message is not None
    assert said in message.body
    assert "/not-me/" in message.body


def test_nobody_is_told_that_a_signature_is_back_who_never_heard_of_its_removal(
    desk: Client, letter: Letter
) -> None:
    seen = waiting(letter, 5)
    press(desk, seen, "removed", given="given: no name")
    decide(seen, S.PUBLISHED)
    assert not OutgoingMail.objects.filter(kind=removal_notices.RESTORED).exists()


def test_a_mail_that_a_worker_has_in_hand_counts_as_sent(desk: Client, letter: Letter) -> None:
    seen = waiting(letter, 5)
    press(desk, seen, "removed", given="given: no name", tells="1")
    OutgoingMail.objects.filter(kind=NOTICE).update(lease_until=timezone.now() + DELAY)
    decide(seen, S.PUBLISHED)
    assert OutgoingMail.objects.filter(kind=removal_notices.RESTORED).count() == 1


def test_no_mail_says_that_a_signature_is_back_which_is_removed_again(
    desk: Client, letter: Letter
) -> None:
    seen = told_and_sent(desk, letter)
    decide(seen, S.PUBLISHED)
    decide(seen, S.REMOVED)
    assert compose(OutgoingMail.objects.get(kind=removal_notices.RESTORED)) is None


def test_the_mail_is_in_the_signers_language(letter: Letter) -> None:
    seen, moderator = make_held(letter, language="de"), make_moderator()
    decisions.decide(
        signature_id=seen.pk,
        revision=seen.revision,
        to=S.REMOVED,
        actor_id=moderator.pk,
        reason="given: no name",
        now=timezone.now(),
        tells=True,
    )
    (mail,) = owed()
    message = compose(mail)
    assert message is not None
    assert "Der Grund:" in message.body


def test_the_card_shows_what_the_mail_says_and_none_of_its_links(
    desk: Client, letter: Letter
) -> None:
    waiting(letter, 5, name="Suzie <b>")
    page = desk.get(QUEUE).content.decode()
    assert "You signed as: Suzie &lt;b&gt;" in page
    assert 'name="tells" value="1" checked' in page
    assert "/s/" not in page
    assert not django_mail.outbox


def test_the_preview_is_in_the_signers_language(letter: Letter) -> None:
    german = make_held(make_letter(slug="brief"), language="de", name="Suzie Signer")
    assert "Guten Tag" in removal_notices.preview(german)


def test_in_the_list_one_is_told_unless_unticked_and_many_only_if_ticked(
    desk: Client, letter: Letter
) -> None:
    one, two = waiting(letter, 5), waiting(letter, 4)
    assert 'name="tells" value="1" checked' in choose(desk, "removed", one).content.decode()
    assert 'name="tells" value="1">' in choose(desk, "removed", one, two).content.decode()
    shown = {f"shown-{each.pk}": f"{each.revision}.held" for each in (one, two)}
    choose(desk, "removed", one, decided="1", reason="Not a person", tells="1", **shown)
    choose(desk, "removed", two, decided="1", reason="Not a person", **shown)
    assert [mail.about for mail in owed()] == [one.public_id]
    message = compose(owed()[0])
    assert message is not None
    assert "Not a person" in message.body
