"""What can happen to a letter: versions are written and published, and it opens and closes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from openletter.letters import publishing
from openletter.letters.models import Letter, TextVersion, Translation
from openletter.letters.publishing import NotPossible
from openletter.letters.rendering import fingerprint
from openletter.moderation.models import AuditEntry
from tests.factories import make_draft, make_letter, make_moderator, make_signature, make_version

pytestmark = pytest.mark.django_db
State = Letter.State


def publish(version: TextVersion, *, actor_id: int | None = None) -> None:
    publishing.publish_version(version_id=version.pk, actor_id=actor_id, now=timezone.now())


def change(letter: Letter, to: State, *, now: datetime | None = None) -> None:
    publishing.change_state(
        letter_id=letter.pk, to=to, actor_id=None, reason="because", now=now or timezone.now()
    )
    letter.refresh_from_db()


def empty_letter() -> Letter:
    return Letter.objects.create(slug="new", sender_name="The Initiative")


def test_the_first_version_begins_empty() -> None:
    version = publishing.begin_version(letter_id=empty_letter().pk)
    assert (version.number, version.published_at) == (1, None)
    assert not version.translations.exists()


def test_the_next_version_begins_with_the_newest_texts() -> None:
    letter = make_letter(texts={"en": ("One", "Hear."), "de": ("Eins", "Hört.")})
    version = publishing.begin_version(letter_id=letter.pk)
    copied = set(version.translations.values_list("language", "title", "markdown"))
    assert version.number == 2
    assert copied == {("en", "One", "Hear."), ("de", "Eins", "Hört.")}


def test_a_letter_has_one_draft_at_a_time(letter: Letter) -> None:
    make_draft(letter)
    with pytest.raises(NotPossible):
        publishing.begin_version(letter_id=letter.pk)


def test_the_database_too_lets_a_letter_have_one_draft(letter: Letter) -> None:
    make_draft(letter)
    with pytest.raises(IntegrityError), transaction.atomic():
        TextVersion.objects.create(letter=letter, number=7)


def test_publishing_sets_what_is_shown_and_what_is_signed(letter: Letter) -> None:
    version = make_draft(letter)
    version.translations.update(markdown="*Hear*", html="stale", sha256="stale")
    publish(version)
    text = version.translations.get()
    assert text.html == "<p><em>Hear</em></p>\n"
    assert text.sha256 == fingerprint(title=text.title, addressee="", markdown="*Hear*")


def test_i11_publishing_is_recorded_with_who_and_why(letter: Letter) -> None:
    editor = make_moderator()
    publish(make_draft(letter, reason="a wrong figure", en="Other words."), actor_id=editor.pk)
    entry = AuditEntry.objects.get(action="publish version", actor=editor)
    assert (entry.reason, entry.after) == ("a wrong figure", {"version": 2})
    assert entry.object_id == str(letter.public_id)


def test_a_version_is_published_once(letter: Letter) -> None:
    version = make_version(letter)
    with pytest.raises(NotPossible):
        publish(version)


def test_a_version_needs_its_text_in_the_reference_language() -> None:
    version = publishing.begin_version(letter_id=empty_letter().pk)
    publishing.write_text(version=version, language="de", title="T", addressee="", markdown="Hört.")
    with pytest.raises(NotPossible):
        publish(version)


def test_t16_a_later_version_needs_a_reason_that_signers_can_read(letter: Letter) -> None:
    version = make_draft(letter, reason="", en="Other words.")
    with pytest.raises(NotPossible):
        publish(version)
    TextVersion.objects.filter(pk=version.pk).update(reason="a wrong figure")
    publish(version)


def test_the_first_version_needs_no_reason() -> None:
    version = publishing.begin_version(letter_id=empty_letter().pk)
    publishing.write_text(version=version, language="en", title="T", addressee="", markdown="Hear.")
    publish(version)


def test_t16_who_signed_an_earlier_version_stays_with_it(letter: Letter) -> None:
    signature = make_signature(letter)
    signed = signature.translation.sha256
    make_version(letter, en="Quite another text.")
    signature.refresh_from_db()
    assert signature.translation.sha256 == signed
    assert signature.translation.version.number == 1


REFUSED_BY_THE_DATABASE = {
    "another text": lambda: Translation.objects.update(markdown="I never said that."),
    "another title": lambda: Translation.objects.update(title="Another"),
    "another HTML": lambda: Translation.objects.update(html="<p>x</p>"),
    "a text less": lambda: Translation.objects.all()._raw_delete("default"),
    "another reason": lambda: TextVersion.objects.update(reason="another"),
    "unpublishing": lambda: TextVersion.objects.update(published_at=None),
    "another number": lambda: TextVersion.objects.update(number=9),
}


@pytest.mark.parametrize("act", REFUSED_BY_THE_DATABASE.values(), ids=REFUSED_BY_THE_DATABASE)
def test_t16_the_database_refuses_to_change_what_was_published(letter: Letter, act: object) -> None:
    assert callable(act)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        act()
    assert Translation.objects.get().markdown == "Dear world,\n\nlisten."


def test_t16_a_version_that_was_published_cannot_be_deleted(letter: Letter) -> None:
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        TextVersion.objects.all()._raw_delete("default")


def test_a_draft_can_be_changed_and_thrown_away(letter: Letter) -> None:
    version = make_draft(letter)
    version.translations.update(title="Another")
    version.translations.all().delete()
    version.delete()
    assert TextVersion.objects.count() == 1


def test_a_published_version_gains_languages_it_did_not_have(letter: Letter) -> None:
    version = letter.versions.get()
    publishing.write_text(version=version, language="de", title="T", addressee="", markdown="Hört.")
    with pytest.raises(IntegrityError), transaction.atomic():
        publishing.write_text(version=version, language="de", title="U", addressee="", markdown="x")


ARROWS = [
    (before, after)
    for before in State
    for after in (State.OPEN, State.CLOSED, State.ARCHIVED)
    if before != after
]


@pytest.mark.parametrize(("before", "after"), ARROWS)
def test_a_letter_opens_closes_and_is_archived(before: State, after: State) -> None:
    letter = make_letter(state=before)
    change(letter, after)
    assert letter.state == after
    entry = AuditEntry.objects.filter(object_kind="letter").latest("pk")
    assert (entry.before, entry.after) == ({"state": before.value}, {"state": after.value})
    assert entry.reason == "because"


@pytest.mark.parametrize("state", [State.OPEN, State.CLOSED, State.ARCHIVED])
def test_a_public_letter_never_becomes_a_draft_again(state: State) -> None:
    letter = make_letter(state=state)
    with pytest.raises(NotPossible):
        change(letter, State.DRAFT)


@pytest.mark.parametrize("state", State)
def test_a_letter_does_not_change_to_the_state_it_has(state: State) -> None:
    letter = make_letter(state=state)
    with pytest.raises(NotPossible):
        change(letter, state)
    assert not AuditEntry.objects.exclude(action="publish version").exists()


def test_a_letter_without_a_published_text_does_not_open() -> None:
    letter = empty_letter()
    publishing.begin_version(letter_id=letter.pk)
    with pytest.raises(NotPossible):
        change(letter, State.OPEN)


def test_closing_notes_the_time_from_which_mails_still_count_for_a_day(letter: Letter) -> None:
    now = timezone.now()
    change(letter, State.CLOSED, now=now)
    assert letter.closes_at == now


def test_closing_a_letter_whose_time_has_run_out_keeps_that_time() -> None:
    ended = timezone.now() - timedelta(days=3)
    letter = make_letter(closes_at=ended)
    change(letter, State.CLOSED)
    assert letter.closes_at == ended


def test_a_letter_closed_before_it_opened_keeps_no_contradiction() -> None:
    letter = make_letter(opens_at=timezone.now() + timedelta(days=1))
    change(letter, State.CLOSED)
    assert letter.opens_at is None


def test_a_letter_opened_again_takes_signatures_again() -> None:
    letter = make_letter()
    change(letter, State.CLOSED)
    change(letter, State.OPEN)
    assert letter.is_open(timezone.now())


def test_a_letter_opened_again_keeps_an_end_that_is_still_to_come() -> None:
    ends = timezone.now() + timedelta(days=30)
    letter = make_letter(state=State.DRAFT, closes_at=ends)
    change(letter, State.OPEN)
    assert letter.closes_at == ends


@pytest.mark.parametrize(
    ("opens", "closes", "is_open"),
    [(None, None, True), (-1, 1, True), (1, 2, False), (-2, -1, False), (None, -1, False)],
)
def test_opening_and_closing_times_count_without_anybody_at_work(
    opens: int | None, closes: int | None, is_open: bool
) -> None:
    now = timezone.now()
    opens_at = None if opens is None else now + timedelta(days=opens)
    closes_at = None if closes is None else now + timedelta(days=closes)
    letter = make_letter(opens_at=opens_at, closes_at=closes_at)
    assert letter.is_open(now) is is_open
    assert Letter.objects.open(now).exists() is is_open


def test_the_database_refuses_a_letter_that_closes_before_it_opens() -> None:
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_letter(opens_at=now, closes_at=now - timedelta(days=1))
