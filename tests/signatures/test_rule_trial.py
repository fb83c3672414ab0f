"""What a changed rule would have done to those who signed last, before it does anything."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.moderation.models import AuditEntry, RuleSetting
from openletter.moderation.rule_settings import in_force
from openletter.signatures.desk import rule_trial
from openletter.signatures.desk.rule_trial import Trial
from openletter.signatures.models import Signature
from tests.asking import form_of
from tests.factories import make_letter, make_many, make_signature

pytestmark = pytest.mark.django_db
TRY, RULES = "/admin/signatures/signature/try-rule/", "/admin/moderation/rulesetting/"


def signed(letter: Letter, *, minutes: float = 5, waited: float = 60, **fields: Any) -> Signature:
    """Make a published signature of some minutes ago, without a look at the rules."""
    asked_at = timezone.now() - timedelta(minutes=minutes)
    state = {"state": "published", "confirmed_at": asked_at + timedelta(seconds=waited)}
    return make_signature(letter, asked_at=asked_at, **{**state, **fields})


def trial(rule: str, mode: str, letter: Letter | None = None, **fields: Any) -> Trial:
    in_force.forget()
    return rule_trial.run(RuleSetting(rule=rule, mode=mode, letter=letter, **fields))


def test_what_would_be_held_more_and_what_no_longer(letter: Letter) -> None:
    quick = [signed(letter, waited=5), signed(letter, waited=20)]
    slow = signed(letter, waited=40)
    found = trial("confirmed quickly", "hold")
    assert (found.looked_at, sorted(found.more), found.fewer) == (3, [one.pk for one in quick], [])
    assert trial("confirmed quickly", "hold", amount=10).more == [quick[0].pk]
    RuleSetting.objects.create(rule="confirmed quickly", mode="hold", amount=50)
    found = trial("confirmed quickly", "hold", amount=30)
    assert (found.more, found.fewer) == ([], [slow.pk])
    assert (found.objected_before, found.objected_after) == (3, 2)
    assert len(trial("confirmed quickly", "hint").fewer) == 3


def test_what_is_held_anyway_makes_no_difference(letter: Letter) -> None:
    signed(letter, waited=5, name="\u0410lice Smithson")
    signed(letter, waited=5, flags=["listed"])
    signed(make_letter(slug="reviewed", policy="after_review"), waited=5)
    assert trial("confirmed quickly", "hold").more == []


def test_a_letter_with_its_own_setting_is_left_out(letter: Letter) -> None:
    other = make_letter(slug="other")
    RuleSetting.objects.create(rule="confirmed quickly", mode="off", letter=letter)
    signed(letter, waited=5)
    quick = signed(other, waited=5)
    found = trial("confirmed quickly", "hold")
    assert (found.looked_at, found.more) == (1, [quick.pk])
    assert trial("confirmed quickly", "hold", letter).looked_at == 1


def test_words_names_and_domains_are_counted_as_they_came(letter: Letter) -> None:
    rows = [
        signed(letter, minutes=30 - at, name="Anna Belmonte", email=f"a{at}@busy.example.org")
        for at in range(5)
    ]
    assert trial("repeated name", "hold").more == [rows[4].pk, rows[3].pk]
    assert trial("domain burst", "hold", amount=4).more == [rows[4].pk]
    assert len(trial("word list", "hold", words="belmonte").more) == 5


def test_what_was_erased_or_never_confirmed_is_not_looked_at(letter: Letter) -> None:
    make_signature(letter)
    assert trial("confirmed quickly", "hold").looked_at == 0


def test_it_costs_the_same_however_many_signed(letter: Letter) -> None:
    costs = []
    make_many(letter, 30)
    trial("confirmed quickly", "hold")  # what a process keeps it looks up once
    for _ in range(2):
        make_many(letter, 30)
        in_force.forget()
        with CaptureQueriesContext(connection) as asked:
            trial("confirmed quickly", "hold").sample()
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_a_sample_has_some_of_both() -> None:
    found = Trial(more=list(range(100)), fewer=list(range(100, 200)))
    assert len(rule_trial._spread(found.more, 20)) == 20
    assert rule_trial._spread([1, 2], 20) == [1, 2]


# --- The page ------------------------------------------------------------------------------------


def typed(**more: str) -> dict[str, str]:
    return {"rule": "disposable", "mode": "hold", "letter": "", "amount": "", "words": "", **more}


def test_the_page_says_it_and_changes_nothing(desk: Client, letter: Letter) -> None:
    signed(letter, flags=["disposable"], name="Anna Belmonte")
    page = desk.post(TRY, typed()).content.decode()
    assert "1 more would be held." in page
    assert "Anna Belmonte" in page
    assert not RuleSetting.objects.exists()
    assert not AuditEntry.objects.filter(object_kind="rule").exists()


def test_what_was_tried_is_saved_by_a_button_of_the_page(desk: Client, letter: Letter) -> None:
    row = RuleSetting.objects.create(rule="disposable", mode="off")
    opened = form_of(desk.get(f"{RULES}{row.pk}/change/"))
    tried = desk.post(f"{TRY}?setting={row.pk}", {**opened, "mode": "hold"})
    assert tried.context["save_at"] == f"{RULES}{row.pk}/change/"
    kept = {name: tried.context["form"][name].value() or "" for name in (*typed(), "opened_on")}
    assert desk.post(tried.context["save_at"], {**kept, "_save": "1"}).status_code == 302
    row.refresh_from_db()
    assert row.mode == "hold"


def test_what_cannot_be_tried_is_told(desk: Client) -> None:
    answer = desk.post(TRY, typed(amount="7"))
    assert answer.status_code == 422
    assert "This rule has no number." in answer.content.decode()


def test_what_is_set_already_can_be_tried_from_a_new_form(desk: Client, letter: Letter) -> None:
    RuleSetting.objects.create(rule="disposable", mode="off")
    signed(letter, flags=["disposable"])
    assert "1 more would be held." in desk.post(TRY, typed()).content.decode()


def test_it_is_offered_where_a_rule_is_set(desk: Client) -> None:
    row = RuleSetting.objects.create(rule="disposable", mode="off")
    assert f'formaction="{TRY}"' in desk.get(f"{RULES}add/").content.decode()
    assert (
        f'formaction="{TRY}?setting={row.pk}"'
        in desk.get(f"{RULES}{row.pk}/change/").content.decode()
    )
