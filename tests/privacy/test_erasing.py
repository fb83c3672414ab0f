"""Erasing: what goes, what stays and why, and that nothing of it comes back by mail (F27, I15)."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from openletter.ledger.models import LedgerEntry
from openletter.lib.people.addresses import email_key
from openletter.mail.models import OutgoingMail
from openletter.mail.outbox import delivery
from openletter.privacy import flows
from openletter.privacy.flows import Erasure
from openletter.signatures import confirmation, personal
from openletter.signatures.models import FormSubmission, Signature
from tests.factories import log_in, make_letter, make_published, make_signature
from tests.mail.outgoing import claim_at
from tests.self_service.steps import acts, look, mine, now_of, number, press

pytestmark = pytest.mark.django_db
S = Signature.State
WORDS: dict[str, Any] = {
    "name": "Zebedea Quux",
    "title": "Glockengiesserin",
    "affiliation": "Nebelwerk",
    "comment": "Unverwechselbar",
    "country": "IS",
}
EMAIL = "zebedea@nebelwerk.example.org"


def held_anywhere() -> str:
    """Everything that every table of ours holds, as text."""
    models = [model for model in apps.get_models() if model.__module__.startswith("openletter.")]
    rows = [row for model in models for row in model._default_manager.all()]
    return str(serializers.serialize("json", rows))


def test_i15_nothing_of_a_person_is_left_in_any_table() -> None:
    make_letter(asks_comment=True)
    signature = make_published(email=EMAIL, email_domain="nebelwerk.example.org", **WORDS)
    assert "Zebedea" in held_anywhere()
    press(signature, "erase/")
    left = held_anywhere()
    words = [word for field, word in WORDS.items() if field != "country"]
    assert [word for word in [*words, "nebelwerk", "zebedea"] if word in left] == []
    assert now_of(signature).country.code == ""


def test_the_number_falls_unless_it_is_to_go_on_counting() -> None:
    falls, stays = make_published(), make_published()
    press(falls, "erase/", count="fall")
    press(stays, "erase/", count="keep")
    assert (now_of(falls).state, now_of(stays).state, number()) == ("withdrawn", "published", 1)
    kinds = LedgerEntry.objects.order_by("index").values_list("kind", flat=True)
    assert list(kinds) == ["signed", "signed", "withdrawn"]


def test_what_goes_on_counting_is_shown_to_nobody(client: Client) -> None:
    signature = make_published(name="Zebedea Quux")
    press(signature, "erase/", count="keep")
    page = client.get("/open-letter/signatures/").content.decode()
    assert "Zebedea" not in page
    assert "One person or organisation that prefers not to be named" in page


def test_an_address_that_goes_on_counting_cannot_count_twice(sign: Any) -> None:
    sign(email="suzie@example.org")
    first = Signature.objects.get()
    confirmation.confirm(first, now=timezone.now())
    press(first, "erase/", count="keep")
    sign(email="suzie@example.org")
    assert Signature.objects.count() == 1


def test_unconfirmed_attempts_go_altogether() -> None:
    signature = make_signature(email=EMAIL)
    make_signature(email=EMAIL, state=S.EXPIRED)
    press(signature, "erase/")
    assert not Signature.objects.exists()


def test_every_signature_of_the_address_on_the_letter_goes() -> None:
    withdrawn = make_published(email=EMAIL, name="Zebedea Quux")
    press(withdrawn, "withdraw/")
    again = make_published(email=EMAIL, name="Zebedea Quux")
    press(again, "erase/")
    assert set(Signature.objects.values_list("name", "email")) == {("", "")}


def test_other_letters_stay_unless_everything_is_to_go() -> None:
    here = make_published(make_letter(slug="here"), email=EMAIL)
    there = make_published(make_letter(slug="there"), email=EMAIL)
    press(here, "erase/")
    assert now_of(there).email == EMAIL
    press(there, "erase/", where="everywhere")
    assert now_of(there).erased_at is not None


def test_everything_goes_from_every_letter_at_once() -> None:
    here = make_published(make_letter(slug="here"), email=EMAIL)
    there = make_published(make_letter(slug="there"), email=EMAIL)
    assert "You have also signed 1 other letter" in look(here, "erase/")
    press(here, "erase/", where="everywhere")
    assert not Signature.objects.filter(erased_at=None).exists()
    assert now_of(there).state == "withdrawn"


def test_other_people_keep_everything() -> None:
    other = make_published(name="Sam Stays")
    press(make_published(), "erase/")
    assert (now_of(other).name, number()) == ("Sam Stays", 1)


def test_t42_every_link_ends(client: Client) -> None:
    signature = make_published()
    before = mine(signature)
    press(signature, "erase/")
    assert client.get(before).status_code == 410


def test_mails_that_wait_never_leave_and_say_nothing(mailoutbox: list[Any]) -> None:
    signature = make_published(email=EMAIL)
    press(signature, "erase/")
    delivery.deliver_due("confirm")
    assert mailoutbox == []
    row = OutgoingMail.objects.get()
    assert (row.state, row.recipient, row.recipient_domain) == ("dropped", "", "")


def test_f27_a_mail_that_a_worker_has_in_hand_says_nothing(mailoutbox: list[Any]) -> None:
    signature = make_published(email=EMAIL)
    now = timezone.now()
    claimed = claim_at("confirm", now)
    press(signature, "erase/")
    delivery._Batch(claimed, ends=float("inf")).deliver()
    assert mailoutbox == []
    assert OutgoingMail.objects.get().state == "dropped"


def test_the_forms_that_it_came_from_are_forgotten(sign: Any) -> None:
    sign(email="suzie@example.org")
    signature = Signature.objects.get()
    press(signature, "erase/")
    assert not FormSubmission.objects.exists()


def test_it_is_recorded_without_words() -> None:
    press(make_published(), "erase/")
    assert acts() == ["withdraw signature", "erase signature"]


def test_what_is_erased_cannot_be_corrected_withdrawn_or_shown() -> None:
    signature = make_published()
    press(signature, "erase/", count="keep")
    after = now_of(signature)
    assert "counts without a name" in look(after)
    for page in ("set/show/", "set/start-updates/", "correct/", "withdraw/"):
        assert press(after, page, name="Back Again").status_code == 409
    assert now_of(signature).show_name is False


def test_the_desk_lists_it_without_a_name() -> None:
    signature = make_published(email=EMAIL, **WORDS)
    press(signature, "erase/", count="keep")
    page = log_in().get(reverse("admin:signatures_signature_changelist")).content.decode()
    assert ("(erased)" in page, WORDS["name"] in page) == (True, False)


def test_erasing_twice_changes_nothing() -> None:
    signature = make_published()
    key = bytes(signature.email_key)
    now = timezone.now()
    assert flows.erase(Erasure(key), now=now) == 1
    assert flows.erase(Erasure(key), now=now) == 0
    assert number() == 0


def test_those_whose_hash_retention_emptied_are_nobody_in_particular() -> None:
    make_published()
    Signature.objects.update(email="", email_domain="", email_key=b"", erased_at=timezone.now())
    assert personal.person(b"").public_ids == ()


def test_in_development_the_caught_mails_go_too(
    tmp_path: Any, django_capture_on_commit_callbacks: Any
) -> None:
    for name, to in (("1", EMAIL), ("2", "sam@example.org")):
        (tmp_path / f"{name}.eml").write_text(f"X-Envelope-To: {to}\nSubject: x\n\nHello")
    signature = make_published(email=EMAIL)
    with (
        override_settings(MAILBOX_DIR=str(tmp_path)),
        django_capture_on_commit_callbacks(execute=True),
    ):
        press(signature, "erase/")
    assert [file.name for file in tmp_path.iterdir()] == ["2.eml"]


def test_the_download_holds_everything_that_is_declared() -> None:
    make_letter(asks_comment=True)
    signature = make_published(email=EMAIL, **WORDS)
    other = make_published(name="Sam Stays", email="sam@example.org")
    answer = Client().get(mine(signature, "my-signature.json"))
    assert answer["Content-Disposition"].startswith("attachment")
    said = json.loads(answer.content)
    (one,) = said["signatures"]["signatures"]
    assert {name: one[name] for name in WORDS} == WORDS
    assert (one["email"], one["email_key"]) == (EMAIL, email_key(EMAIL).hex())
    assert one["translation"]["version"] == 1
    assert one["consents"][0]["wording"].startswith("I agree")
    assert [mail["kind"] for mail in said["mail"]["mails"]] == ["signatures.receipt"]
    assert other.name not in answer.content.decode()


ANY_WORDS = st.text(
    st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=60
)


@pytest.mark.slow
@given(name=ANY_WORDS.filter(bool), affiliation=ANY_WORDS, comment=ANY_WORDS)
@hypothesis_settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_download_says_word_for_word_what_was_told(
    db: None, name: str, affiliation: str, comment: str
) -> None:
    signature = Signature.objects.first() or make_published(email=EMAIL)
    told = {"name": name, "affiliation": affiliation, "comment": comment}
    Signature.objects.filter(pk=signature.pk).update(**told)
    answer = Client().get(mine(signature, "my-signature.json"))
    (one,) = json.loads(answer.content.decode("utf-8"))["signatures"]["signatures"]
    assert {word: one[word] for word in told} == told


def test_the_download_leaves_out_no_declared_field() -> None:
    from openletter.privacy.registry import FIELDS_BY_PACKAGE

    signature = make_published(email=EMAIL)
    said = flows.export(bytes(signature.email_key), now=timezone.now())
    declared = {
        "signatures": FIELDS_BY_PACKAGE["signatures"]["Signature"],
        "mails": FIELDS_BY_PACKAGE["mail"]["OutgoingMail"],
    }
    rows = {"signatures": said["signatures"]["signatures"], "mails": said["mail"]["mails"]}
    for name, declaration in declared.items():
        personal = {field for field, held in declaration.items() if held is not None}
        assert personal <= set(rows[name][0]), name


def test_what_a_restored_backup_brings_back_is_erased_again(
    tmp_path: Any, caplog: Any, django_capture_on_commit_callbacks: Any
) -> None:
    gone, counts, other = (make_published(name=name) for name in ("Suzie", "Sam", "Olive"))
    caplog.set_level("INFO")
    with django_capture_on_commit_callbacks(execute=True):
        press(gone, "erase/")
        press(counts, "erase/", count="keep")
    (tmp_path / "web.log").write_text(caplog.text)
    Signature.objects.exclude(pk=other.pk).update(  # as a backup of yesterday would
        erased_at=None, state="published", name="Back Again", email="back@example.org"
    )
    told = io.StringIO()
    call_command("erase-again", str(tmp_path / "web.log"), stdout=told)
    assert told.getvalue().startswith("2 signatures")
    assert (now_of(gone).state, now_of(gone).name) == ("withdrawn", "")
    assert (now_of(counts).state, now_of(counts).name) == ("published", "")
    assert now_of(other).name == "Olive"


def restored(signature: Signature) -> None:
    """Bring a signature back, as a backup of yesterday would."""
    Signature.objects.filter(pk=signature.pk).update(
        erased_at=None, state="held", name="Back Again", email=EMAIL
    )


def erase_again(folder: Path, text: str) -> str:
    (folder / "some.log").write_text(text)
    told = io.StringIO()
    call_command("erase-again", str(folder / "some.log"), stdout=told)
    return told.getvalue()


@pytest.mark.parametrize("seal", ["", f", seal: {'0' * 64}", ", seal: x"])
def test_t58_a_line_that_somebody_else_had_written_erases_nobody(
    tmp_path: Path, caplog: Any, client: Client, seal: str
) -> None:
    signature = make_published(name="Suzie Signer")
    client.get(f"/x/erased signature {signature.public_id}, counts: no{seal}")
    assert str(signature.public_id) in caplog.text
    told = erase_again(tmp_path, caplog.text)
    assert told.startswith("0 signatures")
    assert "carry no seal" in told
    assert now_of(signature).name == "Suzie Signer"


def test_t58_a_seal_is_good_for_its_own_line_only(
    tmp_path: Path, caplog: Any, django_capture_on_commit_callbacks: Any
) -> None:
    gone, other = make_published(), make_published(name="Sam Stays")
    caplog.set_level("INFO")
    with django_capture_on_commit_callbacks(execute=True):
        press(gone, "erase/")
    forged = caplog.text.replace(str(gone.public_id), str(other.public_id))
    assert erase_again(tmp_path, forged).startswith("0 signatures")
    turned = caplog.text.replace("counts: no", "counts: yes")
    restored(gone)
    assert erase_again(tmp_path, turned).startswith("0 signatures")


def test_t58_logs_of_other_machines_with_the_same_keys_are_believed(
    tmp_path: Path, caplog: Any, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    gone = make_published(email=EMAIL)
    settings.LOOKUP_KEY = "the same on every machine, and never changed"
    caplog.set_level("INFO")
    with django_capture_on_commit_callbacks(execute=True):
        press(gone, "erase/")
    settings.SECRET_KEY = "rotated since"
    restored(gone)
    collected = f"Nov 30 12:00:00 web2 openletter[7]: {caplog.messages[-1]} (and more)"
    assert erase_again(tmp_path, collected).startswith("1 signatures")


def test_erasing_again_leaves_everything_else_of_the_person(
    tmp_path: Path, caplog: Any, django_capture_on_commit_callbacks: Any
) -> None:
    here, there = make_letter(slug="here"), make_letter(slug="there")
    gone = make_published(here, email=EMAIL)
    caplog.set_level("INFO")
    with django_capture_on_commit_callbacks(execute=True):
        press(gone, "erase/")
    restored(gone)
    Signature.objects.filter(pk=gone.pk).update(state="removed")  # so that it could sign anew
    since = [make_published(letter, email=EMAIL, name="Suzie Signer") for letter in (here, there)]
    assert erase_again(tmp_path, caplog.text).startswith("1 signatures")
    assert now_of(gone).email == ""
    for signature in since:
        mail = OutgoingMail.objects.get(about=signature.public_id)
        assert (mail.state, mail.recipient) == ("due", EMAIL)
        assert now_of(signature).name == "Suzie Signer"


def test_a_log_that_is_not_there_is_named(tmp_path: Any) -> None:
    with pytest.raises(CommandError, match=r"missing\.log"):
        call_command("erase-again", str(tmp_path / "missing.log"))
