"""A row of everything that the desk has pages for, and the addresses of these pages."""

from __future__ import annotations

import re
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.utils import timezone

from openletter.accounts.models import Team
from openletter.alarms import flows as alarms
from openletter.ledger.models import LedgerEntry
from openletter.lib.people.addresses import email_key
from openletter.mail.limits import throttles
from openletter.mail.models import Throttle
from openletter.mailings import flows
from openletter.moderation.models import AuditEntry, ListedSource, RuleSetting, WatchedName
from tests.factories import make_draft, make_letter, make_moderator, make_published, make_update
from tests.mail.outgoing import sent
from tests.steps import SUZIE
from tests.sweeps.steps import found

_PART = re.compile(r"<(?:\w+:)?(\w+)>")
# What stands in the samples of a team, for nobody else to read.
SECRET = ("Wombat", "wombat")
# Addresses that are no route by themselves, or need more than a path.
_INSTEAD = {
    "x": "nothing-here/",
    "x/": "ledger/",
    "autocomplete/": ("autocomplete/?app_label=letters&model_name=update&field_name=letter&term=x"),
}


def make_samples(slug: str = "open-letter") -> dict[str, Any]:
    """A row of everything, and what the parts of addresses are called that lead to it."""
    team = Team.objects.create(name="Wombats")
    letter = make_letter(slug=slug, texts={"en": ("Of wombats", "Dear world, listen.")}, team=team)
    account = make_moderator("olive@example.org", is_superuser=False)
    update, now = make_update(letter), timezone.now()
    signature = make_published(letter, email=SUZIE, wants_updates=True, name="Winnie Wombat")
    throttles.pause(letter.topic, cause=Throttle.Cause.BOUNCES, now=now)
    alarms.raise_alarm("too many bounces", letter.topic, "Too many bounces.", now)
    mailing = flows.prepare(update_id=update.pk, actor_id=account.pk)
    mail = sent(state="parked", topic=letter.topic)
    listed = ListedSource.objects.create(
        kind="domain", value="example.org", verdict="hold", reason="odd"
    )
    return {
        "letters/letter": letter.pk,
        "claims/letters": letter.pk,
        "letters/textversion": make_draft(letter, en="Dear world, listen well.").pk,
        "letters/update": make_update(letter, published=False).pk,
        "mailings/mailing": mailing.pk,
        "sweeps/sweep": found(letter).pk,
        "signatures/signature": signature.pk,
        "ledger/ledgerentry": LedgerEntry.objects.latest("pk").pk,
        "moderation/auditentry": AuditEntry.objects.latest("pk").pk,
        "moderation/listedsource": listed.pk,
        "moderation/watchedname": WatchedName.objects.create(
            name="A B", spelling="a b", letter=letter
        ).pk,
        "moderation/rulesetting": RuleSetting.objects.create(
            rule="domain burst", mode="hint", letter=letter
        ).pk,
        "mail/outgoingmail": mail.pk,
        "accounts/team": team.pk,
        "accounts/user": account.pk,
        "auth/group": Group.objects.create(name="editors").pk,
        "mfa/authenticator": Authenticator.objects.get(user=account).pk,
        "delivery/throttles": letter.topic,
        "privacy/<str:key>": email_key(SUZIE).hex(),
        "member": 0,
        "invitation": 0,
        "to": "closed",
        "act": "cancel",
        "update_pk": update.pk,
        "mail_id": mail.pk,
        "alarm_id": alarms.open_alarms()[0].pk,
    }


def address(route: str, samples: dict[str, Any]) -> str:
    """Return the address of a sample."""
    row = samples.get("/".join(route.split("/")[:2]))
    path = _PART.sub(lambda part: str(samples.get(part[1], row)), _INSTEAD.get(route, route))
    return f"/admin/{path}"
