"""The demo letter: in English and in German, each in words of its own, by invented people."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db import transaction

from openletter.letters import publishing as letter_flows
from openletter.letters.models import Letter, Translation
from openletter.lib.people.addresses import domain_of, email_key
from openletter.mail.models import SuppressedAddress
from openletter.mail.outbox import suppression
from openletter.signatures import confirmation, consents
from openletter.signatures.models import Signature

_HERE = Path(__file__).parent

_TEXTS = {
    "en": ("Let us see what we are asked to trust", "To the members of our parliaments"),
    "de": (
        "Lasst uns sehen, worauf wir vertrauen sollen",
        "An die Abgeordneten unserer Parlamente",
    ),
}

# All of them invented: name, title, affiliation, country, and whether it is an organisation.
_FIRST_SIGNATORIES = (
    ("Amara Oduya-Lindqvist", "Professor of Public Law", "University of Tiefenbach", "SE", False),
    ("Tomasz Wierzbowski", "Network engineer", "Harbour City Exchange", "PL", False),
    ("Noor van der Ploeg", "Librarian", "Public Library of Oosterwaard", "NL", False),
    ("李 雨晴", "Computational linguist", "Lakeside Institute", "TW", False),
    ("Bréanainn Ó Maoláin", "Teacher", "Gaelscoil Charraig Uí Leighin", "IE", False),
    ("Dr. Hannelore Zwißler-Okafor", "Physician", "Krankenhaus am Steinberg", "DE", False),
    ("نادية الخطابي", "Journalist", "", "MA", False),
    ("Free Weights Collective", "", "", "FR", True),
    ("Ingrid Sæmundsdóttir", "Archivist", "Vesturgata Sound Archive", "IS", False),
    ("Juan Ignacio Belmonte Arriaga", "Free software maintainer", "", "AR", False),
    ("Kavya Ramanathapuram", "Statistician", "Office of Measures, Coimbavati", "IN", False),
    ("Verein Offene Maschinen", "", "", "AT", True),
)


@transaction.atomic
def load(*, now: datetime) -> Letter:
    """Make the demo letter, open it, and let its first signatories sign."""
    letter = Letter.objects.create(
        slug="open-ai-openness",
        sender_name="Initiative for Open Foundations",
        goal=2000,
        reference_language="en",
        asks_comment=True,
    )
    version = letter_flows.begin_version(letter_id=letter.pk)
    for language, (title, addressee) in _TEXTS.items():
        markdown = (_HERE / f"letter.{language}.md").read_text(encoding="utf-8")
        letter_flows.write_text(
            version=version, language=language, title=title, addressee=addressee, markdown=markdown
        )
    letter_flows.publish_version(version_id=version.pk, actor_id=None, now=now)
    letter_flows.change_state(letter_id=letter.pk, to=Letter.State.OPEN, actor_id=None, now=now)
    letter.refresh_from_db()
    text = version.translations.get(language="en")
    for position, person in enumerate(_FIRST_SIGNATORIES, start=1):
        _sign(letter, text, position, person, now=now)
    return letter


def _sign(
    letter: Letter,
    text: Translation,
    position: int,
    person: tuple[str, str, str, str, bool],
    *,
    now: datetime,
) -> None:
    """Sign and confirm without a mail: these addresses belong to nobody."""
    name, title, affiliation, country, is_organisation = person
    address = f"first-signatory-{position}@example.org"
    suppression.suppress(
        email_key=email_key(address),
        topic=suppression.EVERYTHING,
        reason=SuppressedAddress.Reason.STOP,
        now=now,
    )
    attempt = Signature.objects.create(
        letter=letter,
        translation=text,
        language=text.language,
        kind=Signature.Kind.ORGANISATION if is_organisation else Signature.Kind.PERSON,
        name=name,
        title=title,
        affiliation=affiliation,
        country=country,
        email=address,
        email_key=email_key(address),
        email_domain=domain_of(address),
        show_name=True,
        consent=consents.CURRENT,
        created_at=now,
        asked_at=now,
        first_position=position,
    )
    confirmation.confirm(attempt, now=now)
