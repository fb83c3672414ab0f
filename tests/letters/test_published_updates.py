"""T60: what was published as news stays as it was, whoever asks the database to change it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from openletter.letters import publishing
from openletter.letters.models import Translation, Update
from tests.factories import make_draft, make_letter, make_update
from tests.live.waiting import PATIENCE, until

pytestmark = pytest.mark.django_db

REFUSED_BY_THE_DATABASE: dict[str, Callable[[Update], object]] = {
    "unpublished": lambda update: Update.objects.filter(pk=update.pk).update(published_at=None),
    "renumbered": lambda update: Update.objects.filter(pk=update.pk).update(number=9),
    "deleted": lambda update: Update.objects.filter(pk=update.pk)._raw_delete("default"),
    "another title": lambda update: update.texts.update(title="Another"),
    "another HTML": lambda update: update.texts.update(html="<p>x</p>"),
    "a text less": lambda update: update.texts.all()._raw_delete("default"),
}


@pytest.mark.parametrize("what", REFUSED_BY_THE_DATABASE)
def test_t60_the_database_keeps_published_updates(what: str) -> None:
    update = make_update()
    with pytest.raises(IntegrityError, match="a published update never changes"):
        REFUSED_BY_THE_DATABASE[what](update)


@pytest.mark.parametrize("what", REFUSED_BY_THE_DATABASE)
def test_a_draft_of_an_update_can_change(what: str) -> None:
    update = make_update(published=False)
    if what != "deleted":
        REFUSED_BY_THE_DATABASE[what](update)


@pytest.mark.django_db(transaction=True)
def test_t60_a_text_that_changes_while_its_version_is_published_waits_and_is_refused() -> None:
    version = make_draft(make_letter(), en="Other words.")
    is_published, refused = threading.Event(), []

    def rewrite() -> None:
        is_published.wait(PATIENCE)
        try:
            Translation.objects.filter(version=version).update(markdown="Late words.")
        except IntegrityError as problem:
            refused.append(problem)
        connection.close()

    thread = threading.Thread(target=rewrite)
    thread.start()
    with transaction.atomic():
        publishing.publish_version(version_id=version.pk, actor_id=None, now=timezone.now())
        is_published.set()
        wait_until_somebody_waits()
    thread.join()
    assert len(refused) == 1
    assert version.translations.get().markdown == "Other words."


def wait_until_somebody_waits() -> None:
    """Come back once another session waits for a lock of ours."""

    def waits() -> object:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM pg_locks WHERE NOT granted"
                " AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            return cursor.fetchone()

    until(waits, "a session that waits")
