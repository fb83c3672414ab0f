"""What a moderator or an owner saw is what they decide about (T49)."""

from __future__ import annotations

from dataclasses import fields
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils import timezone

from openletter.ledger.models import LedgerEntry
from openletter.self_service import changes
from openletter.signatures import decisions
from openletter.signatures.models import Signature
from tests import factories
from tests.asking import form_of
from tests.factories import log_in, make_held, make_letter, make_published, make_signature
from tests.self_service.steps import look
from tests.self_service.steps import press as press_mine
from tests.signatures.steps import LIST, choose, messages_of
from tests.steps import link, press, state_of

pytestmark = pytest.mark.django_db
S = Signature.State
WORDS = {
    "name": "Sam Again",
    "represented_by": "Sam, baker",
    "title": "Baker",
    "affiliation": "Bakery",
    "country": "IS",
    "comment": "Please listen",
    "kind": "organisation",
}


def correct(signature: Signature, **words: str) -> None:
    said = {
        field.name: words.get(field.name) or str(getattr(signature, field.name))
        for field in fields(changes.Correction)
    }
    changes.correct(signature.pk, to=changes.Correction(**said), now=timezone.now())


def revision_of(signature: Signature) -> int:
    return Signature.objects.get(pk=signature.pk).revision


# --- The revision -------------------------------------------------------------------------------


@pytest.mark.parametrize(("field", "words"), WORDS.items())
def test_the_revision_moves_with_every_word(field: str, words: str) -> None:
    signature = make_signature()
    Signature.objects.filter(pk=signature.pk).update(**{field: words})
    assert revision_of(signature) == 1
    Signature.objects.filter(pk=signature.pk).update(**{field: words})
    assert revision_of(signature) == 1  # the same words once more


def test_all_that_an_owner_can_correct_moves_the_revision() -> None:
    assert {field.name for field in fields(changes.Correction)} <= set(WORDS)


def test_the_revision_moves_with_nothing_else() -> None:
    signature = make_published()
    changes.show_name(signature.pk, shown=False, now=timezone.now())
    changes.want_updates(signature.pk, wanted=True, now=timezone.now())
    factories.decide(signature, S.REMOVED)
    assert revision_of(signature) == 0


def test_nobody_sets_the_revision_back() -> None:
    signature = make_signature()
    Signature.objects.filter(pk=signature.pk).update(name="Sam Again")
    Signature.objects.filter(pk=signature.pk).update(revision=0)
    assert revision_of(signature) == 1


# --- Moderators ---------------------------------------------------------------------------------


def test_t49_words_that_changed_since_they_were_seen_are_not_decided_about() -> None:
    signature = make_held()
    correct(signature, name="Somebody Else")
    with pytest.raises(decisions.ChangedMeanwhile):
        decisions.decide(
            signature_id=signature.pk,
            revision=signature.revision,
            to=S.PUBLISHED,
            actor_id=None,
            reason="known",
            now=timezone.now(),
        )
    assert state_of(signature) == "held"
    assert not LedgerEntry.objects.exists()


def test_t49_a_state_that_changed_since_it_was_seen_is_not_decided_about() -> None:
    signature = make_held()
    factories.decide(signature, S.REMOVED)
    with pytest.raises(decisions.ChangedMeanwhile):
        decisions.decide(
            signature_id=signature.pk,
            revision=signature.revision,
            seen=S.HELD,
            to=S.PUBLISHED,
            actor_id=None,
            reason="known",
            now=timezone.now(),
        )
    assert state_of(signature) == "removed"


def fields_of(page: str) -> dict[str, list[str]]:
    """The hidden fields of the page that asks for a reason."""
    found: dict[str, list[str]] = {}

    class Fields(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            said = dict(attrs)
            if tag == "input" and said.get("type") == "hidden":
                found.setdefault(str(said["name"]), []).append(str(said["value"]))

    Fields().feed(page)
    return found


def test_t49_the_page_carries_what_it_shows_and_lists_what_changed_meanwhile() -> None:
    make_letter()
    desk = log_in()
    same, changed = make_held(name="Suzie Same"), make_held(name="Sam Before")
    asked = fields_of(choose(desk, "published", same, changed).content.decode())
    correct(changed, name="Sam Behind")
    pressed = desk.post(LIST, {**asked, "reason": "known to us"})
    page = pressed.content.decode()
    assert (pressed.status_code, pressed.context["has_changed"]) == (200, True)
    assert (state_of(same), state_of(changed)) == ("published", "held")
    assert ("Sam Behind" in page, "Suzie Same" in page) == (True, False)
    assert "known to us" in page  # what was typed stays
    again = desk.post(LIST, {**fields_of(page), "reason": "known to us"})
    assert messages_of(again) == ["success"]
    assert state_of(changed) == "published"


def test_t49_a_row_that_the_page_did_not_show_is_not_decided_about() -> None:
    signature = make_held()
    typed = {"decided": "1", "reason": "known to us"}
    assert choose(log_in(), "published", signature, **typed).context["has_changed"]
    assert state_of(signature) == "held"


def test_t49_a_place_among_the_first_is_given_to_the_words_that_were_shown() -> None:
    desk, signature = log_in(), make_published(name="Sam Before")
    page = f"{LIST}{signature.pk}/change/"
    shown = form_of(desk.get(page))
    correct(signature, name="Sam Behind")
    refused = desk.post(page, {**shown, "first_position": "1"})
    assert (refused.status_code, Signature.objects.get().first_position) == (200, None)
    desk.post(page, {**form_of(refused), "first_position": "1"})
    assert Signature.objects.get().first_position == 1


# --- Owners -------------------------------------------------------------------------------------


def test_t49_the_confirm_page_names_what_it_showed(client: Client) -> None:
    signature = make_signature(name="Suzie Signer")
    shown = fields_of(client.get(link(signature)).content.decode())
    correct(signature, name="Sam Again")
    answer = press(link(signature), {"revision": shown["revision"][0]}, client=client)
    page = client.get(answer["Location"])
    assert state_of(signature) == "pending"
    assert (page.context["has_changed"], "Sam Again" in page.content.decode()) == (True, True)
    press(
        link(signature),
        {"revision": fields_of(page.content.decode())["revision"][0]},
        client=client,
    )
    assert state_of(signature) == "published"


def test_a_confirm_page_of_an_older_release_names_nothing_and_confirms(client: Client) -> None:
    signature = make_signature()
    correct(signature, name="Sam Again")
    press(link(signature), client=client)
    assert state_of(signature) == "published"


@pytest.mark.parametrize("nonsense", ["", "x", "-1", "1.0", "\u0661", "9" * 30])
def test_a_revision_that_is_none_shows_the_page_again(client: Client, nonsense: str) -> None:
    signature = make_signature()
    assert "changed" in press(link(signature), {"revision": nonsense}, client=client)["Location"]
    assert state_of(signature) == "pending"


def test_t60_an_old_form_does_not_write_words_back_that_were_put_right_since() -> None:
    signature = make_published(name="Suzei Signer")
    opened = fields_of(look(signature, "correct/"))["revision"][0]
    press_mine(signature, "correct/", name="Suzie Signer", revision=opened)
    late = press_mine(signature, "correct/", name="Suzei Signer", title="Baker", revision=opened)
    page = late.content.decode()
    assert (late.status_code, 'value="Baker"' in page) == (422, True)  # what was typed stays
    assert Signature.objects.get().name == "Suzie Signer"
    renewed = fields_of(page)["revision"][0]
    press_mine(signature, "correct/", name="Suzie Signer", title="Baker", revision=renewed)
    assert Signature.objects.get().title == "Baker"


@pytest.mark.parametrize("nonsense", ["x", "-1", "\u0661", "9" * 30])
def test_a_correction_of_no_known_words_is_shown_again(nonsense: str) -> None:
    signature = make_published()
    assert press_mine(signature, "correct/", name="Sam", revision=nonsense).status_code == 422
    assert Signature.objects.get().name == "Suzie Signer"
