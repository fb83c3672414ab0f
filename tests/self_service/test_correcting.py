"""A signatory puts right what the signature says; what that may not carry over."""

from __future__ import annotations

import pytest

from openletter.ledger.models import LedgerEntry
from openletter.letters.models import Letter
from openletter.moderation.models import AuditEntry
from openletter.signatures.models import Signature
from tests.factories import decide, make_letter, make_published, make_signature
from tests.self_service.steps import acts, look, now_of, number, press

pytestmark = pytest.mark.django_db
REVIEWED = Letter.Policy.AFTER_REVIEW
KEPT = {"name": "Suzie Signer", "title": "", "affiliation": "", "country": "", "comment": ""}


def test_every_word_can_be_put_right() -> None:
    make_letter(asks_comment=True)
    signature = make_published(name="Suzei Signer")
    said = {"name": "Suzie Signer", "title": "Baker", "affiliation": "Bakery"}
    answer = press(signature, "correct/", **said, country="IS", comment="Please listen")
    after = now_of(signature)
    assert answer.status_code == 302
    assert {name: getattr(after, name) for name in said} == said
    assert (after.country.code, after.comment, after.state) == ("IS", "Please listen", "published")
    assert number() == 1


def test_the_form_shows_what_is_said_now() -> None:
    page = look(make_published(name="Suzie Signer", title="Baker"), "correct/")
    assert 'value="Suzie Signer"' in page
    assert 'value="Baker"' in page


def test_a_word_that_the_letter_no_longer_asks_for_can_still_be_taken_away() -> None:
    letter = make_letter(asks_title=False, asks_comment=False)
    signature = make_published(letter, title="Baker")
    assert 'name="title"' in look(signature, "correct/")
    assert 'name="comment"' not in look(signature, "correct/")
    press(signature, "correct/", **KEPT)
    assert now_of(signature).title == ""


@pytest.mark.parametrize("name", ["", "http://x.example", "=cmd", "<b>Suzie</b>", "x" * 101])
def test_t20_a_name_that_is_none_is_refused_and_nothing_typed_is_lost(name: str) -> None:
    signature = make_published()
    answer = press(signature, "correct/", **{**KEPT, "name": name, "title": "Keeper of bees"})
    assert answer.status_code == 422
    assert "Keeper of bees" in answer.content.decode()
    assert now_of(signature).name == "Suzie Signer"


def test_a_changed_name_goes_back_to_review_where_the_letter_reviews() -> None:
    letter = make_letter(policy=REVIEWED)
    signature = make_published(letter)
    decide(signature, Signature.State.PUBLISHED)
    answer = press(signature, "correct/", **{**KEPT, "name": "Sam Again"})
    after = now_of(signature)
    assert (after.name, after.state, after.held_because) == ("Sam Again", "held", "corrected")
    assert "done=review" in answer["Location"]


def test_what_was_counted_and_is_reviewed_again_does_not_count_meanwhile() -> None:
    letter = make_letter()
    signature = make_published(letter)
    Letter.objects.update(policy=REVIEWED)
    press(signature, "correct/", **{**KEPT, "name": "Sam Again"})
    assert (number(), LedgerEntry.objects.latest("index").kind) == (0, "removed")


def test_a_changed_country_is_no_word_to_review() -> None:
    signature = make_published()
    Letter.objects.update(policy=REVIEWED)
    press(signature, "correct/", **{**KEPT, "country": "IS"})
    assert (now_of(signature).state, number()) == ("published", 1)


def test_nothing_changed_is_nothing_to_review() -> None:
    signature = make_published()
    Letter.objects.update(policy=REVIEWED)
    press(signature, "correct/", **KEPT)
    assert (now_of(signature).state, acts()) == ("published", [])


def test_t21_the_rules_judge_a_new_name_on_any_letter() -> None:
    signature = make_published()
    press(signature, "correct/", **{**KEPT, "name": "\u0410lice Signer"})
    assert (now_of(signature).state, number()) == ("held", 0)


def test_a_place_among_the_first_does_not_pass_to_another_name() -> None:
    signature = make_published(first_position=1)
    press(signature, "correct/", **{**KEPT, "title": "Baker"})
    assert now_of(signature).first_position == 1
    press(signature, "correct/", **{**KEPT, "name": "Somebody Famous"})
    assert now_of(signature).first_position is None


def test_what_is_corrected_is_recorded_without_its_words() -> None:
    signature = make_published()
    press(signature, "correct/", **{**KEPT, "name": "Sam Again", "title": "Baker"})
    entry = AuditEntry.objects.get(object_kind="signature")
    assert entry.after["fields"] == ["name", "title"]
    assert "Sam" not in f"{entry.before}{entry.after}{entry.reason}"


def test_t35_only_what_the_form_asks_for_can_be_changed() -> None:
    signature = make_signature()
    press(signature, "correct/", **KEPT, state="published", email="x@example.org", kind="x")
    after = now_of(signature)
    assert (after.state, after.email, after.kind) == ("pending", signature.email, "person")
