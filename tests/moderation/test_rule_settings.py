"""How rules are set: for the site, for a letter, by whom, and what becomes of a signature."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.moderation.models import AuditEntry, RuleSetting
from openletter.moderation.rule_settings import in_force
from openletter.moderation.rules import RULES
from openletter.signatures import confirmation, judgement, rule_facts
from openletter.signatures.models import Signature
from tests.asking import change
from tests.factories import log_in, make_letter, make_many, make_published, make_signature

pytestmark = pytest.mark.django_db
RULE_LIST = "/admin/moderation/rulesetting/"


def set_rule(rule: str, mode: str, letter: Letter | None = None, **fields: Any) -> RuleSetting:
    row = RuleSetting.objects.create(rule=rule, mode=mode, letter=letter, **fields)
    in_force.forget()
    return row


def confirmed(letter: Letter, **fields: Any) -> Signature:
    attempt = make_signature(letter, **fields)
    confirmation.confirm(attempt, now=timezone.now())
    attempt.refresh_from_db()
    return attempt


def test_what_nobody_set_is_as_usual() -> None:
    settings = in_force.on(make_letter().pk)
    assert {reason: setting.mode for reason, setting in settings.items()} == {
        rule.REASON: rule.MODE for rule in RULES
    }
    assert settings["confirmed quickly"].amount == 30


def test_a_letter_goes_before_the_site() -> None:
    one, other = make_letter(slug="one"), make_letter(slug="other")
    set_rule("disposable", "hold")
    set_rule("disposable", "off", one)
    assert in_force.on(one.pk)["disposable"].mode == "off"
    assert in_force.on(other.pk)["disposable"].mode == "hold"


def test_a_letter_that_says_no_number_has_that_of_the_site() -> None:
    letter = make_letter()
    set_rule("confirmed quickly", "hint", amount=7)
    set_rule("confirmed quickly", "hold", letter)
    setting = in_force.on(letter.pk)["confirmed quickly"]
    assert (setting.mode, setting.amount) == ("hold", 7)


def test_a_rule_that_is_off_holds_nobody() -> None:
    letter = make_letter()
    set_rule("mixed scripts", "off", letter)
    assert confirmed(letter, name="李 Иванова").state == "published"


def test_a_hint_lets_a_signature_count_and_stays_with_it() -> None:
    letter = make_letter()
    set_rule("mixed scripts", "hint", letter)
    signature = confirmed(letter, name="李 Иванова", flags=["burst", "disposable"])
    assert (signature.state, signature.held_because) == ("held", "burst")
    assert {"mixed scripts", "disposable"} <= set(signature.flags)
    assert len(signature.flags) == len(set(signature.flags))
    set_rule("burst", "off", letter)
    again = confirmed(letter, name="李 Иванова", flags=["burst"])
    assert again.state == "published"
    assert again.flags.count("mixed scripts") == 1


def test_a_throwaway_mailbox_waits_where_staff_say_so() -> None:
    letter = make_letter()
    assert confirmed(letter, flags=["disposable"]).state == "published"
    set_rule("disposable", "hold", letter)
    signature = confirmed(letter, flags=["disposable"])
    assert (signature.state, signature.held_because) == ("held", "disposable")


def test_words_of_the_site_and_of_the_letter_are_looked_for() -> None:
    letter, other = make_letter(slug="one"), make_letter(slug="other")
    set_rule("word list", "hold", words="Pyramid scheme\n\n")
    set_rule("word list", "hold", letter, words="gl\u00fccksspiel")
    for words in ("Our PYRAMID  scheme!", "GLUCKSSPIEL"):
        assert confirmed(letter, affiliation=words).held_because == "word list", words
    assert confirmed(letter, affiliation="Pyramid schemes").state == "published"
    assert confirmed(other, affiliation="Gl\u00fccksspiel").state == "published"


def test_a_namesake_of_a_first_signatory_waits() -> None:
    letter, other = make_letter(slug="one"), make_letter(slug="other")
    make_published(letter, name="Prof. Dr. Alice Peacock", first_position=1)
    rule_facts.forget()
    for name in ("alice peacock", "Peacock, Alice", "\u0410lice Peacock"):
        assert confirmed(letter, name=name).state == "held", name
    assert confirmed(letter, name="Alice Peacock").held_because == "first signatory"
    assert confirmed(letter, name="Alice Peacocks").state == "published"
    assert confirmed(other, name="Alice Peacock").state == "published"


def test_what_is_confirmed_at_once_is_noted_or_held() -> None:
    letter = make_letter()
    assert "confirmed quickly" in confirmed(letter).flags
    slow = confirmed(letter, asked_at=timezone.now() - timedelta(minutes=1))
    assert slow.flags == []
    set_rule("confirmed quickly", "hold", letter)
    assert confirmed(letter).held_because == "confirmed quickly"


def test_staff_set_a_rule_on_record_and_it_works_at_once() -> None:
    letter, desk = make_letter(), log_in()
    assert confirmed(letter, flags=["disposable"]).state == "published"
    typed = {"rule": "disposable", "mode": "hold", "letter": "", "amount": "", "words": ""}
    assert desk.post(f"{RULE_LIST}add/", typed).status_code == 302
    assert confirmed(letter, flags=["disposable"]).state == "held"
    row = RuleSetting.objects.get()
    change(desk, f"{RULE_LIST}{row.pk}/change/", {**typed, "mode": "off"})
    assert confirmed(letter, flags=["disposable"]).state == "published"
    desk.post(f"{RULE_LIST}{row.pk}/delete/", {"post": "yes"})
    entries = AuditEntry.objects.filter(object_kind="rule").order_by("pk")
    assert [entry.action for entry in entries] == ["set rule", "change rule", "forget rule"]
    assert entries[0].after == {"rule": "disposable", "mode": "hold"}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"rule": "nonsense"}, "rule"),
        ({"rule": "notable name", "amount": "3"}, "amount"),
        ({"rule": "country share", "amount": "100"}, "amount"),
        ({"rule": "country share", "words": "casino"}, "words"),
    ],
)
def test_what_a_rule_cannot_be_is_told(typed: dict[str, str], field: str) -> None:
    typed = {"mode": "hold", "letter": "", "amount": "", "words": "", **typed}
    answer = log_in().post(f"{RULE_LIST}add/", typed)
    assert list(answer.context["adminform"].form.errors) == [field]
    assert not RuleSetting.objects.exists()


def test_a_rule_is_set_once_in_a_place() -> None:
    set_rule("disposable", "hold")
    typed = {"rule": "disposable", "mode": "off", "letter": "", "amount": "", "words": ""}
    page = log_in().post(f"{RULE_LIST}add/", typed).content.decode()
    assert "already set here" in page


def test_the_desk_lists_every_rule_and_leads_to_its_setting() -> None:
    row = set_rule("disposable", "hold")
    page = log_in().get(RULE_LIST).content.decode()
    for rule in RULES:
        assert str(rule.SAYS) in page.replace("&#x27;", "'")
    assert f"{RULE_LIST}{row.pk}/change/" in page
    assert f"{RULE_LIST}add/?rule=country%20share&amp;mode=off" in page


def test_a_name_under_which_many_signed_lately_is_noted() -> None:
    letter, other = make_letter(slug="one"), make_letter(slug="other")
    for name in ("Anna Belmonte", "ANNA Belmonte", "Anna Belmonté"):
        assert "repeated name" not in confirmed(letter, name=name).flags
    rule_facts.forget()
    signature = confirmed(letter, name="Anna Belmonte")
    assert signature.state == "published"
    assert "repeated name" in signature.flags
    assert "repeated name" not in confirmed(letter, name="Anna Belmont").flags
    assert "repeated name" not in confirmed(other, name="Anna Belmonte").flags


def test_a_country_that_too_many_name_waits_where_staff_say_so() -> None:
    letter = make_letter()
    make_many(letter, rule_facts.LEAST - 20, country="NZ")
    make_many(letter, 20, country="DE")
    assert "country share" not in confirmed(letter, country="NZ").flags
    set_rule("country share", "hold", letter, amount=79)
    assert confirmed(letter, country="NZ").held_because == "country share"
    assert confirmed(letter, country="DE").state == "published"
    assert confirmed(letter).state == "published"


def test_too_few_say_nothing_about_countries() -> None:
    letter = make_letter()
    make_many(letter, rule_facts.LEAST - 5, country="NZ")
    set_rule("country share", "hold", letter, amount=50)
    assert confirmed(letter, country="NZ").state == "published"


def test_an_affiliation_with_a_domain_of_others_is_noted() -> None:
    letter = make_letter()
    ours = confirmed(letter, affiliation="Friends (example.org)", email="a@mail.example.org")
    others = confirmed(letter, affiliation="Friends (example.org)", email="a@example.com")
    firm = confirmed(letter, affiliation="Dr. Miller", email="b@example.com")
    assert ["other domain" in one.flags for one in (ours, others, firm)] == [False, True, False]


def test_rules_ask_the_database_nothing_that_they_know_already() -> None:
    letter = make_letter()
    confirmed(letter)
    attempt = make_signature(letter)
    with CaptureQueriesContext(connection) as asked:
        judgement.judge(attempt, timezone.now())
    assert [query["sql"] for query in asked] == []
