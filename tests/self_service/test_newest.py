"""The text changed after somebody had signed: they see how, and decide."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from openletter.ledger.models import LedgerEntry
from openletter.letters import publishing as letter_flows
from openletter.letters.models import Letter, Translation
from openletter.mail.models import OutgoingMail
from openletter.moderation.models import AuditEntry
from openletter.self_service import changes
from openletter.signatures.models import Signature
from tests.factories import make_draft, make_letter, make_published, make_signature, make_version
from tests.self_service.steps import acts, look, mine, now_of, number, press

pytestmark = pytest.mark.django_db
S = Signature.State
OFFER = "Sign the newest version"
UNCONFIRMED = {S.PENDING, S.EXPIRED}
BOTH = {"en": ("One", "Hear us."), "de": ("Eins", "Hört uns.")}


def change(letter: Letter, **texts: str) -> None:
    make_version(letter, reason="a wrong figure", **texts or {"en": "Dear world, please hear us."})


def sign_newest(signature: Signature, version: str = "2") -> int:
    return int(press(signature, "newest/", version=version).status_code)


def signed_text(signature: Signature) -> Translation:
    return Translation.objects.select_related("version").get(pk=now_of(signature).translation_id)


def test_who_signed_an_older_text_sees_what_changed_and_why() -> None:
    signature = make_published()
    assert "The letter has changed since" not in look(signature)
    change(signature.letter)
    page = look(signature)
    said = ("You signed version 1.", "a wrong figure", "<ins", OFFER, "/open-letter/versions/2/")
    assert [words for words in said if words not in page] == []


def test_a_draft_is_no_version_to_sign() -> None:
    signature = make_published()
    make_draft(signature.letter, en="Not yet.")
    assert OFFER not in look(signature)
    assert sign_newest(signature) == 409


def test_one_button_signs_the_newest_text_and_moves_no_number() -> None:
    signature = make_published()
    change(signature.letter)
    answer = press(signature, "newest/", version="2")
    assert answer["Location"].endswith("?done=sign-newest")
    assert (
        "You have signed the newest version." in Client().get(answer["Location"]).content.decode()
    )
    assert signed_text(signature).version.number == 2
    assert OFFER not in look(signature)
    assert (number(), LedgerEntry.objects.count()) == (1, 1)


def test_it_is_recorded_and_a_receipt_is_owed() -> None:
    signature = make_published()
    change(signature.letter)
    receipts = OutgoingMail.objects.filter(kind="signatures.receipt")
    before = receipts.count()
    sign_newest(signature)
    sign_newest(signature)
    assert acts() == ["sign version"]
    entry = AuditEntry.objects.get(action="sign version")
    assert (entry.before["version"], entry.after["version"]) == (1, 2)
    assert receipts.count() == before + 1
    assert "You signed a newer version of the text." in look(signature)


@pytest.mark.parametrize("version", ["1", "3", "", "two", "2\x002"])
def test_only_the_text_that_was_shown_is_signed(version: str) -> None:
    signature = make_published()
    change(signature.letter)
    assert sign_newest(signature, version) in {400, 409}
    assert signed_text(signature).version.number == 1


def test_a_text_that_changed_once_more_meanwhile_is_not_signed_unseen() -> None:
    signature = make_published()
    change(signature.letter)
    change(signature.letter, en="Something else.")
    assert sign_newest(signature, "2") == 409
    assert signed_text(signature).version.number == 1


def test_a_closed_letter_shows_the_change_and_takes_no_signature() -> None:
    signature = make_published()
    change(signature.letter)
    Letter.objects.update(closes_at=timezone.now())
    page = look(signature)
    assert ("You signed version 1." in page, OFFER in page) == (True, False)
    assert sign_newest(signature) == 409
    assert signed_text(signature).version.number == 1


@pytest.mark.parametrize("state", [S.PENDING, S.WITHDRAWN, S.REMOVED, S.EXPIRED])
def test_only_a_signature_that_was_confirmed_can_pass_to_the_newest_text(state: str) -> None:
    signature = make_signature(
        state=state, confirmed_at=None if state in UNCONFIRMED else timezone.now()
    )
    change(signature.letter)
    assert OFFER not in look(signature)
    assert sign_newest(signature) == 409


def test_the_text_is_the_one_in_the_language_that_was_signed() -> None:
    letter = make_letter(texts=BOTH)
    german = Translation.objects.get(version__letter=letter, language="de")
    signature = make_published(letter, translation=german, language="de")
    change(letter, en="Hear us now.", de="Hört uns jetzt.")
    assert "Hear us" not in look(signature)
    sign_newest(signature)
    assert (signed_text(signature).language, signed_text(signature).version.number) == ("de", 2)


def test_texts_without_a_language_in_common_are_said_to_be_so() -> None:
    letter = make_letter(texts=BOTH)
    german = Translation.objects.get(version__letter=letter, language="de")
    signature = make_published(letter, translation=german)
    draft = make_draft(letter, en="Hear us now.")
    draft.translations.get(language="de").delete()
    letter_flows.publish_version(version_id=draft.pk, actor_id=None, now=timezone.now())
    page = look(signature)
    assert ("no language in common" in page, OFFER in page) == (True, True)


def test_the_text_of_another_letter_cannot_be_signed() -> None:
    signature = make_published()
    other = make_letter(slug="another-letter")
    text = Translation.objects.get(version__letter=other)
    with pytest.raises(changes.NotNow):
        changes.sign_version(signature.pk, text=text, now=timezone.now())


def test_opening_the_address_of_the_button_signs_nothing(client: Client) -> None:
    signature = make_published()
    change(signature.letter)
    assert client.get(mine(signature, "newest/")).status_code == 405
