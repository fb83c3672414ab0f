"""What a letter may ask for is said in one table, and every other place agrees with it."""

from __future__ import annotations

from dataclasses import fields as fields_of
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client

from openletter.letters import asked_fields
from openletter.letters.asked_fields import FIELDS, NAMES, Answer, Answers, AskedField
from openletter.letters.models import Letter
from openletter.lib import tokens
from openletter.lib.people.names import MOST_OF_ONE
from openletter.moderation import audit_words, rules
from openletter.moderation.candidate import Candidate
from openletter.moderation.rules import Judged
from openletter.self_service.changes import Correction
from openletter.self_service.forms import CorrectForm
from openletter.signatures import admin, judgement, personal, signatory_list
from openletter.signatures.forms import SignForm
from openletter.signatures.inbox import codes, typed_form
from openletter.signatures.mails import subjects
from openletter.signatures.models import SEARCHED, Signature
from openletter.signatures.signing import Signer
from tests.factories import log_in, make_letter, make_published, make_signature

pytestmark = pytest.mark.django_db
each_field = pytest.mark.parametrize("field", FIELDS, ids=NAMES)

# What the one word of a signature is that no other has; and how people read it.
SAID: dict[str, Any] = {
    "title": "Lighthouse Keeper",
    "affiliation": "Harbour Institute",
    "country": "FR",
    "comment": "High time for it.",
}
READ = {**SAID, "country": "France"}
ASKING_ALL: dict[str, Any] = dict.fromkeys(asked_fields.SWITCHES, True)
# Every signature has these, whatever its letter asks for.
OF_ALL = {"name", "represented_by"}


@pytest.fixture
def curious() -> Letter:
    """A letter that asks for everything."""
    return make_letter(**ASKING_ALL)


@pytest.fixture
def signature(curious: Letter) -> Signature:
    return make_published(curious, **SAID)


def switches() -> set[str]:
    # The proof is asked of browsers.
    found = {field.name for field in Letter._meta.fields if field.name.startswith("asks_")}
    return found - {"asks_proof"}


# --- Places that name each field themselves ------------------------------------------------------


@each_field
def test_its_column_has_room_for_what_may_be_typed(field: AskedField) -> None:
    column: Any = Signature._meta.get_field(field.name)
    most_of_one = MOST_OF_ONE if field.answer is Answer.LINE else 1
    assert column.max_length == most_of_one * field.longest
    assert (str(column.verbose_name), column.blank) == (str(field.label), True)


@each_field
def test_a_letter_has_a_switch_for_it(field: AskedField) -> None:
    switch: Any = Letter._meta.get_field(field.switch)
    assert str(switch.verbose_name) == str(field.switch_label)
    assert switch.default is field.is_asked_at_first


def test_there_is_no_switch_for_anything_else() -> None:
    assert switches() == set(asked_fields.SWITCHES)


def test_signers_and_corrections_answer_all_of_them() -> None:
    assert tuple(one.name for one in fields_of(Answers)) == NAMES
    for answered in (Signer, Correction):
        assert issubclass(answered, Answers)
    assert {one.name for one in fields_of(Correction)} == {*NAMES, *OF_ALL}


def test_rules_are_asked_about_those_that_are_judged() -> None:
    known = {one.name for one in fields_of(Candidate)}
    assert known == {*asked_fields.JUDGED, *OF_ALL, "is_organisation", "email_domain", "facts"}


def test_the_record_of_a_correction_says_them_in_words() -> None:
    for field in FIELDS:
        assert audit_words.of_facts({"fields": [field.name]}).endswith(f": {field.label}")


def test_the_desk_shows_all_of_them_and_searches_those_that_are_searched() -> None:
    assert {*NAMES, *OF_ALL} <= set(admin.SignatureAdmin.fields)
    assert set(SEARCHED) == {*asked_fields.SEARCHED, *OF_ALL}


def test_the_pages_after_the_form_know_all_of_them() -> None:
    assert {*NAMES, *OF_ALL} <= set(typed_form.FIELDS)
    assert set(typed_form._MAY_BE_LEFT_OUT) == {*NAMES, *OF_ALL} - {"country"}
    assert {*asked_fields.WORDS, *OF_ALL} <= set(codes._WORDS)


# --- The database --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*NAMES, *sorted(OF_ALL)])
def test_i11_the_database_counts_its_changes_and_empties_what_is_searched(
    signature: Signature, name: str
) -> None:
    Signature.objects.filter(pk=signature.pk).update(**{name: "XX"})
    after = Signature.objects.get(pk=signature.pk)
    assert signature.search_text
    moved, emptied = after.revision - signature.revision, after.search_text == ""
    assert moved == (1 if name in {*asked_fields.WORDS, *OF_ALL} else 0)
    assert emptied == (name in SEARCHED)


def test_postgresql_keeps_no_samples_of_what_people_write() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attstattarget = 0 AND attrelid = %s::regclass",
            [Signature._meta.db_table],
        )
        unsampled = {name for (name,) in cursor.fetchall()}
    assert {*asked_fields.WRITTEN, *OF_ALL} <= unsampled


# --- The form ------------------------------------------------------------------------------------


@each_field
@pytest.mark.parametrize("of_organisation", [False, True])
def test_the_form_asks_for_it_where_its_letter_does(
    field: AskedField, of_organisation: bool
) -> None:
    only_this: dict[str, Any] = {switch: switch == field.switch for switch in asked_fields.SWITCHES}
    form = SignForm(letter=make_letter(**only_this), form_token="", is_organisation=of_organisation)
    asked = [name for name in NAMES if name in form.fields]
    assert asked == ([] if of_organisation and field.of_people_only else [field.name])


def test_the_form_asks_in_their_order_and_says_how_much_may_be_typed(curious: Letter) -> None:
    form = SignForm(letter=curious, form_token="")
    assert tuple(name for name in form.fields if name in NAMES) == NAMES
    for field in FIELDS:
        on_form = form.fields[field.name]
        assert str(on_form.label) == str(field.question)
        assert not on_form.required
        longest = on_form.widget.attrs.get("maxlength")
        assert longest == (None if field.answer is Answer.COUNTRY else str(field.longest))


def test_what_is_typed_arrives_in_the_signer_and_in_the_correction(signature: Signature) -> None:
    sent = {"name": "Suzie", "email": "suzie@example.org", "consent": "on", **SAID}
    form = SignForm(_query(sent), letter=signature.letter, form_token="")
    assert form.is_valid(), form.errors
    assert {name: getattr(form.signer(), name) for name in NAMES} == SAID
    correcting = CorrectForm(_query({"name": "Suzie", **SAID}), signature=signature)
    assert correcting.is_valid(), correcting.errors
    assert {name: getattr(correcting.correction(), name) for name in NAMES} == SAID


def _query(sent: dict[str, str]) -> QueryDict:
    query = QueryDict(mutable=True)
    query.update(sent)
    return query


# --- What is shown, judged, exported and erased --------------------------------------------------


def test_rules_are_given_what_somebody_wrote(
    signature: Signature, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Candidate] = []

    def judge(candidate: Candidate, _settings: object) -> Judged:
        asked.append(candidate)
        return Judged()

    monkeypatch.setattr(rules, "judge", judge)
    judgement.rules_against(signature)
    assert {name: getattr(asked[0], name) for name in asked_fields.JUDGED} == {
        name: SAID[name] for name in asked_fields.JUDGED
    }


@pytest.mark.parametrize("path", ["/open-letter/", "/open-letter/signatures/"])
def test_the_public_list_shows_those_that_are_public(
    client: Client, signature: Signature, path: str
) -> None:
    page = client.get(path).content.decode()
    for field in FIELDS:
        assert (f">{READ[field.name]}</" in page) == field.is_public
    (shown,) = signatory_list.newest(signature.letter_id).names
    assert set(NAMES) & shown.keys() == set(asked_fields.PUBLIC)


def test_owners_and_moderators_see_all_of_them(client: Client, signature: Signature) -> None:
    attempt = make_signature(signature.letter, email="sam@example.org", **SAID)
    for page in (
        client.get(f"/s/{tokens.make('mine', signature.public_id)}/"),
        client.get(f"/s/{tokens.make('confirm', attempt.public_id)}/confirm/"),
        log_in().get(f"/admin/signatures/signature/{signature.pk}/change/"),
    ):
        text = page.content.decode()
        assert [said for said in READ.values() if f">{said}<" not in text] == []


def test_its_owner_reads_each_under_its_heading(client: Client, signature: Signature) -> None:
    page = client.get(f"/s/{tokens.make('mine', signature.public_id)}/").content.decode()
    for field in FIELDS:
        assert f"<dt>{field.heading}</dt>" in page


def test_a_mail_says_them_in_one_line(signature: Signature) -> None:
    line = subjects.in_one_line(signature)
    assert line == ", ".join([signature.name, READ["title"], READ["affiliation"], READ["country"]])


def test_all_of_them_are_exported_and_none_stays_when_it_is_erased(signature: Signature) -> None:
    (exported,) = personal.export(personal.person(bytes(signature.email_key)))["signatures"]
    assert {name: exported[name] for name in NAMES} == SAID
    assert {name: personal.NOTHING[name] for name in NAMES} == dict.fromkeys(NAMES, "")
