"""T11: one mailbox signs once, however its address is spelled; mail goes where it was typed."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from openletter.ledger.models import Tally
from openletter.mail.models import OutgoingMail
from openletter.signatures import confirmation, judgement
from openletter.signatures.models import Signature

pytestmark = pytest.mark.django_db

DOTTED = ["suzie", "suz.ie", "su.zie", "su.z.ie", "s.uzie", "s.uz.ie", "s.u.zie", "s.u.z.ie"]
VARIANTS = [
    f"{name}{tag}@{domain}"
    for name in (*DOTTED, *map(str.upper, DOTTED))
    for tag in ("", "+x")
    for domain in ("gmail.com", "googlemail.com")
]


def confirm_all() -> None:
    for attempt in Signature.objects.select_related("letter").order_by("pk"):
        try:
            confirmation.confirm(attempt, now=timezone.now())
        except judgement.Refused:
            continue


@pytest.mark.slow
def test_t11_sixty_four_variants_of_one_gmail_address_count_once(sign: Any) -> None:
    assert {sign(email=variant).status_code for variant in VARIANTS} == {302}
    confirm_all()
    assert len(VARIANTS) == 64
    assert Signature.objects.values("email_key").distinct().count() == 1
    assert (Signature.objects.counted().count(), Tally.objects.get().people) == (1, 1)


def test_t11_dots_and_tags_elsewhere_are_somebody_else(sign: Any) -> None:
    for email in ("a.b@own.org", "ab@own.org", "ab+x@own.org"):
        sign(email=email)
    confirm_all()
    assert Tally.objects.get().people == 3


@pytest.mark.parametrize(
    ("typed", "domain"),
    [
        ("S.uzie+x@GoogleMail.com", "gmail.com"),
        ("Suzie_S@pm.me", "proton.me"),
        ("Info@bücher.example.org", "xn--bcher-kva.example.org"),
    ],
)
def test_t11_mail_goes_to_the_address_as_it_was_typed(sign: Any, typed: str, domain: str) -> None:
    sign(email=typed)
    signature, mail = Signature.objects.get(), OutgoingMail.objects.get()
    local = typed.partition("@")[0]
    assert signature.email == mail.recipient
    assert signature.email.partition("@")[0] == local
    assert signature.email_domain == domain
