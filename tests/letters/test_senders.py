"""Who writes belongs to what people sign: each published version keeps its sender."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from openletter.letters import publishing
from openletter.letters.fingerprints import of_version
from openletter.letters.models import Letter, TextVersion
from openletter.letters.publishing import ChangedMeanwhile, NotPossible
from openletter.letters.queries import versions
from openletter.lib import tokens
from openletter.mail.models import Lane
from openletter.mail.outbox import delivery
from tests.asking import form_of, say_yes
from tests.factories import log_in, make_draft, make_letter, make_published, make_version

pytestmark = pytest.mark.django_db
FIRST, SECOND = "The Initiative", "The Ministry of Secrets"


def rename(letter: Letter) -> None:
    Letter.objects.filter(pk=letter.pk).update(sender_name=SECOND)


def page(address: str) -> str:
    return Client().get(address).content.decode()


def test_t16_a_published_version_keeps_its_sender(letter: Letter) -> None:
    rename(letter)
    for address in ("/", "/open-letter/", "/open-letter/versions/1/", "/open-letter/privacy/"):
        assert FIRST in page(address), address
        assert SECOND not in page(address), address


def test_t16_the_new_sender_comes_with_the_next_version(letter: Letter) -> None:
    rename(letter)
    make_version(letter)
    assert SECOND in page("/open-letter/")
    assert SECOND not in page("/open-letter/versions/1/")
    assert FIRST in page("/open-letter/versions/1/")
    every = page("/open-letter/versions/")
    assert FIRST in every
    assert SECOND in every


def test_t16_the_database_refuses_another_sender_of_what_was_published(letter: Letter) -> None:
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        TextVersion.objects.update(sender_name=SECOND)
    with pytest.raises(IntegrityError, match="says_who_writes"), transaction.atomic():
        TextVersion.objects.create(letter=letter, number=2, published_at=timezone.now())


def test_mails_name_the_sender_that_was_signed(
    letter: Letter, sign: Any, mailoutbox: list[Any]
) -> None:
    sign()
    rename(letter)
    delivery.deliver_due(Lane.CONFIRM)
    (message,) = mailoutbox
    assert FIRST in message.body
    assert SECOND not in message.body


def test_a_version_may_differ_in_its_sender_only(letter: Letter) -> None:
    with pytest.raises(NotPossible):
        publishing.check_publishable(make_draft(letter))
    rename(letter)
    draft = letter.versions.get(published_at=None)
    publishing.publish_version(version_id=draft.pk, actor_id=None, now=timezone.now())
    assert versions.sender_of(letter) == SECOND


def test_nobody_publishes_a_sender_that_was_not_shown(letter: Letter) -> None:
    draft = make_draft(letter, en="Other words.")
    seen = of_version(draft)
    rename(letter)
    with pytest.raises(ChangedMeanwhile):
        publishing.publish_version(
            version_id=draft.pk, actor_id=None, now=timezone.now(), seen=seen
        )


def test_the_page_of_changes_names_the_senders(letter: Letter) -> None:
    rename(letter)
    make_version(letter)
    changes = page("/open-letter/versions/2/changes/")
    assert f"<del><bdi>{FIRST}</bdi></del>" in changes
    assert f"<ins><bdi>{SECOND}</bdi></ins>" in changes
    make_version(letter)
    assert "changes-sender" not in page("/open-letter/versions/3/changes/")


def test_who_signed_before_is_told_on_their_own_page(letter: Letter) -> None:
    signature = make_published(letter)
    rename(letter)
    make_version(letter)
    mine = page(f"/s/{tokens.make('mine', signature.public_id)}/")
    assert f"<del><bdi>{FIRST}</bdi></del>" in mine
    assert f"<ins><bdi>{SECOND}</bdi></ins>" in mine


def test_who_publishes_sees_the_sender_change(letter: Letter) -> None:
    rename(letter)
    draft = make_draft(letter)
    desk, address = log_in(), f"/admin/letters/textversion/{draft.pk}/publish/"
    asked = desk.get(address).content.decode()
    assert f"<del><bdi>{FIRST}</bdi></del>" in asked
    say_yes(desk, address)
    assert versions.sender_of(letter) == SECOND


def test_the_desk_says_when_a_new_sender_will_be_seen(letter: Letter) -> None:
    desk, address = log_in(), f"/admin/letters/letter/{letter.pk}/change/"
    typed = {**form_of(desk.get(address)), "sender_name": SECOND}
    told = desk.post(address, typed, follow=True)
    levels = [message.level_tag for message in told.context["messages"]]
    assert levels == ["warning", "success"]
    assert Letter.objects.get().sender_name == SECOND
    assert SECOND not in page("/open-letter/")


def test_a_letter_without_a_version_takes_any_sender_at_once() -> None:
    letter = Letter.objects.create(slug="new", sender_name=FIRST)
    desk, address = log_in(), f"/admin/letters/letter/{letter.pk}/change/"
    typed = {**form_of(desk.get(address)), "sender_name": SECOND}
    told = desk.post(address, typed, follow=True)
    assert [message.level_tag for message in told.context["messages"]] == ["success"]


def test_the_page_that_opens_a_letter_shows_the_sender_that_readers_see() -> None:
    letter = make_letter(state=Letter.State.CLOSED)
    rename(letter)
    asked = log_in().get(f"/admin/letters/letter/{letter.pk}/open/act/").content.decode()
    assert f"<bdi>{FIRST}</bdi>" in asked


def test_the_desk_of_versions_names_who_wrote_each(letter: Letter) -> None:
    rename(letter)
    desk = log_in()
    first = desk.get(f"/admin/letters/textversion/{letter.versions.get().pk}/change/")
    draft = desk.get(f"/admin/letters/textversion/{make_draft(letter).pk}/change/")
    assert FIRST in first.content.decode()
    assert SECOND not in first.content.decode()
    assert SECOND in draft.content.decode()
