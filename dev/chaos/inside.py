"""Readers and the news for them: `python -m dev.chaos.inside READERS NEWS SECONDS`.

Runs in the site's environment, before anything breaks. The news begin one after another within so
many seconds.
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta

from dev.bench.inside import set_up

set_up()

from django.utils import timezone  # noqa: E402

from dev.chaos.news import READERS_DOMAIN  # noqa: E402
from openletter.accounts.models import User  # noqa: E402
from openletter.letters import publishing_updates  # noqa: E402
from openletter.letters.models import Letter, Translation, Update  # noqa: E402
from openletter.mailings import flows  # noqa: E402
from openletter.signatures import confirmation, signing  # noqa: E402
from openletter.signatures.models import Signature  # noqa: E402


def main(readers: int, news: int, seconds: int) -> None:
    now = timezone.now()
    letter = Letter.objects.public().earliest("created_at")
    staff = User.objects.create_superuser("chaos@example.org")
    for number in range(readers):
        sign(letter, f"reader-{number}@{READERS_DOMAIN}", now, wants_updates=True)
    for number in range(news):
        _schedule(letter, staff.pk, now, now + timedelta(seconds=number * seconds / news))


def sign(letter: Letter, address: str, now: datetime, *, wants_updates: bool = False) -> None:
    """Sign and confirm, as the site does it."""
    reference = signing.sign(
        letter=letter,
        text=Translation.objects.filter(version__letter=letter, language="en").latest("pk"),
        email=address,
        signer=signing.Signer(kind="person", name="Suzie Reader", wants_updates=wants_updates),
        language="en",
        now=now,
    )
    attempts = Signature.objects.select_related("letter")
    confirmation.confirm(attempts.get(public_id=reference), now=now)


def _schedule(letter: Letter, actor_id: int, now: datetime, starts_at: datetime) -> None:
    update = publishing_updates.begin(Update(letter=letter))
    publishing_updates.write(
        update=update, language="en", title="News", markdown="There is *news*."
    )
    publishing_updates.publish(update_id=update.pk, actor_id=actor_id, now=now)
    mailing = flows.prepare(update_id=update.pk, actor_id=actor_id)
    flows.send(mailing_id=mailing.pk, starts_at=starts_at, actor_id=actor_id, now=now)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
