"""Owes a mailing to so many signatories: `python -m dev.bench.inside.mailing 1000000`.

Prints how long it took, to how many, and the most memory that this process used.
"""

from __future__ import annotations

import json
import resource
import sys
import time

from dev.bench.inside import set_up

set_up()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from openletter.accounts.models import User  # noqa: E402
from openletter.letters import publishing_updates  # noqa: E402
from openletter.letters.models import Letter, Update  # noqa: E402
from openletter.lib import crypto  # noqa: E402
from openletter.mailings import flows, slices  # noqa: E402
from openletter.mailings.models import Mailing  # noqa: E402

# Nobody can be written to here, and nothing is sent: only the rows matter.
_SIGNATORIES = """
INSERT INTO signatures_signature (public_id, letter_id, translation_id, language, kind, name, title,
    affiliation, country, comment, email, email_key, email_domain, show_name, wants_updates,
    retain_name, consent, state, held_because, flags, confirmed_by, generation, created_at,
    asked_at,
    reminders, confirmed_at, revision, verdict)
SELECT gen_random_uuid(), s.letter_id, s.translation_id, s.language, s.kind, s.name, s.title,
    s.affiliation, s.country, s.comment, %(email)s, sha256(n::text::bytea), 'example.org', false,
    true, s.retain_name, s.consent, 'published', '', s.flags, s.confirmed_by, 0, now(), now(), 0,
    now(), 0, ''
FROM generate_series(1, %(number)s) AS n,
    (SELECT * FROM signatures_signature WHERE letter_id = %(letter)s LIMIT 1) AS s
"""


def memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def owe(number: int) -> dict[str, float]:
    letter = Letter.objects.public().earliest("created_at")
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        email = crypto.encrypt("nobody@example.org")
        cursor.execute(_SIGNATORIES, {"email": email, "number": number, "letter": letter.pk})
        cursor.execute("VACUUM (ANALYZE) signatures_signature")
    staff = User.objects.create_superuser("bench@example.org")
    update = publishing_updates.begin(Update(letter=letter))
    publishing_updates.write(
        update=update, language="en", title="News", markdown="There is *news*."
    )
    publishing_updates.publish(update_id=update.pk, actor_id=staff.pk, now=timezone.now())
    mailing = flows.prepare(update_id=update.pk, actor_id=staff.pk)
    flows.send(mailing_id=mailing.pk, starts_at=None, actor_id=staff.pk, now=timezone.now())
    before = memory_mb()
    began = time.monotonic()
    while Mailing.objects.get(pk=mailing.pk).state in {"scheduled", "enqueueing"}:
        slices.work(now=timezone.now())
    seconds = time.monotonic() - began
    mailing.refresh_from_db()
    return {
        "seconds": seconds,
        "recipients": mailing.recipients,
        "grew_mb": memory_mb() - before,
    }


if __name__ == "__main__":
    json.dump(owe(int(sys.argv[1])), sys.stdout)
