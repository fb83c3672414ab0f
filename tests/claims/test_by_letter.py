"""What a letter chose about claims, and how many removals were overturned."""

from __future__ import annotations

import pytest
from django.utils import timezone

from openletter.claims import appeals, choices, claiming
from openletter.claims.desk import overturned
from openletter.claims.models import Appeal
from openletter.letters.models import Letter
from openletter.moderation.models import AuditEntry
from tests.claims.steps import appealed, removed
from tests.factories import log_in, make_letter, make_moderator, make_published
from tests.queries import queries_of

pytestmark = pytest.mark.django_db
PAGE = "/admin/claims/letters/"


def test_a_letter_chooses_to_hide_claimed_names_on_record() -> None:
    letter, desk = make_letter(), log_in()
    assert not claiming.hides_claimed(letter)
    desk.post(f"{PAGE}{letter.pk}/", {"hides": "yes"})
    assert claiming.hides_claimed(letter)
    assert AuditEntry.objects.latest("pk").action == "hide claimed names"
    desk.post(f"{PAGE}{letter.pk}/", {"hides": "yes"})
    assert AuditEntry.objects.filter(action="hide claimed names").count() == 1
    desk.post(f"{PAGE}{letter.pk}/", {"hides": "no"})
    assert not claiming.hides_claimed(letter)
    assert desk.post(f"{PAGE}99999/", {"hides": "no"}).status_code == 404


def test_what_was_overturned_is_counted_by_letter_and_rule_and_not_by_moderator() -> None:
    letter, other = make_letter(), make_letter(slug="other")
    suzie, sam = make_moderator("suzie@example.org"), make_moderator("sam@example.org")
    for name, to in (("Sam Odd", "granted"), ("Sam Even", "denied"), ("Ffffffff", "granted")):
        signature = removed(letter, suzie, make_published(letter, name="Sam Plain"))
        type(signature).objects.filter(pk=signature.pk).update(name=name)
        signature.refresh_from_db()
        appeals.decide(
            appealed(signature).pk,
            to=Appeal.Outcome(to),
            revision=signature.revision,
            actor_id=sam.pk,
            now=timezone.now(),
        )
    appealed(removed(letter, suzie))
    found = {
        row.letter: (row.decided, row.restored)
        for row in overturned.by_letter(Letter.objects.all())
    }
    assert found == {letter: (3, 2), other: (0, 0)}
    rules = {
        row.rule: (row.decided, row.restored) for row in overturned.by_rule(Letter.objects.all())
    }
    assert rules == {"": (2, 1), "It does not look like a name.": (1, 1)}
    page = log_in(sam).get(PAGE).content.decode()
    assert "It does not look like a name." in page
    assert "suzie@example.org" not in page


def test_the_page_asks_for_the_same_however_many_letters_there_are() -> None:
    desk = log_in()
    make_letter()
    few = queries_of(desk, PAGE)
    for number in range(3):
        letter = make_letter(slug=f"letter-{number}")
        choices.choose(
            letter,
            hides_claimed=True,
            actor_id=make_moderator(f"{number}@example.org").pk,
            now=timezone.now(),
        )
    assert queries_of(desk, PAGE) == few
