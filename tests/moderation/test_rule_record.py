"""What rules are worth: how often moderators agreed with each of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.moderation.models import RuleVerdict
from openletter.moderation.rule_settings import record
from openletter.moderation.rule_settings.record import Verdicts
from openletter.signatures import confirmation, decisions
from openletter.signatures.models import Signature
from tests.factories import decide, log_in, make_letter, make_moderator, make_signature

pytestmark = pytest.mark.django_db
MIXED = "李 Иванова"


@pytest.fixture
def letter() -> Letter:
    return make_letter()


def held(letter: Letter, **fields: object) -> Signature:
    asked_at = timezone.now() - timedelta(minutes=5)
    attempt = make_signature(letter, name=MIXED, asked_at=asked_at, **fields)  # type: ignore[arg-type]
    confirmation.confirm(attempt, now=timezone.now())
    return attempt


def lately() -> dict[str, tuple[int, int]]:
    found = record.lately(timezone.now())
    return {rule: (said.upheld, said.overturned) for rule, said in found.items() if said.total}


def test_what_moderators_remove_upholds_and_what_they_publish_overturns(letter: Letter) -> None:
    for to in ("removed", "removed", "published"):
        decide(held(letter), to)
    assert lately() == {"mixed scripts": (2, 1)}


def test_every_rule_that_objected_is_judged_by_a_decision(letter: Letter) -> None:
    decide(held(letter, flags=["disposable"]), "removed")
    assert lately() == {"mixed scripts": (1, 0), "disposable": (1, 0)}


def test_what_counted_with_a_hint_and_is_removed_upholds_it(letter: Letter) -> None:
    attempt = make_signature(letter, asked_at=timezone.now() - timedelta(minutes=5),
                             flags=["disposable"])  # fmt: skip
    confirmation.confirm(attempt, now=timezone.now())
    assert Signature.objects.get().state == "published"
    decide(attempt, "removed")
    assert lately() == {"disposable": (1, 0)}


def test_what_is_overturned_later_no_longer_upholds(letter: Letter) -> None:
    signature = held(letter)
    decide(signature, "removed")
    decide(signature, "published")
    assert lately() == {"mixed scripts": (0, 1)}


@pytest.mark.parametrize("to", [Signature.State.PUBLISHED, Signature.State.REMOVED])
def test_what_is_undone_is_taken_back(letter: Letter, to: Signature.State) -> None:
    signature, moderator = held(letter), make_moderator()
    act = {"signature_id": signature.pk, "revision": 0, "actor_id": moderator.pk}
    decisions.decide(**act, to=to, reason="seen", now=timezone.now())  # type: ignore[arg-type]
    assert lately() != {}
    decisions.undo(**act, decided=to, held_because="mixed scripts", now=timezone.now())
    assert lately() == {}


def test_holding_says_nothing_about_a_rule(letter: Letter) -> None:
    signature = held(letter)
    decide(signature, "published")
    decide(signature, "held")
    assert lately() == {"mixed scripts": (0, 1)}


def test_what_no_rule_held_is_not_counted(letter: Letter) -> None:
    decide(held(letter, flags=["listed", "no mail server"]), "removed")
    assert lately() == {"mixed scripts": (1, 0)}


def test_what_is_a_month_old_is_no_longer_told(letter: Letter) -> None:
    decide(held(letter), "removed")
    RuleVerdict.objects.update(day=timezone.localdate() - record.SPAN)
    assert record.lately(timezone.now()) == {}


def test_a_day_has_a_row_for_a_rule_of_a_letter(letter: Letter) -> None:
    for _ in range(3):
        decide(held(letter), "removed")
    decide(held(make_letter(slug="other")), "removed")
    rows = RuleVerdict.objects.order_by("pk").values_list("upheld", flat=True)
    assert list(rows) == [3, 1]
    assert record.lately(timezone.now())["mixed scripts"] == Verdicts(4, 0)


def test_the_desk_says_it_beside_the_rule(letter: Letter) -> None:
    for to in ("removed", "removed", "published"):
        decide(held(letter), to)
    page = log_in().get("/admin/moderation/rulesetting/").content.decode()
    assert "2 removed, 1 published" in page
