"""Typed codes: in any digits, and never by guessing, however many forms are sent (T47, T52)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.rate_limits.tries import Limit
from openletter.signatures import confirmation
from openletter.signatures.abuse import form_limits
from openletter.signatures.inbox import codes, typed_form
from openletter.signatures.models import Signature
from tests.factories import make_published, make_signature
from tests.signatures.attempt_steps import STRANGER, sign, type_code
from tests.steps import SUZIE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("behind_one_proxy")]
MINUTE = timedelta(minutes=1)


def wrong_for(letter: Letter) -> str:
    right = {confirmation.confirmation_code(one) for one in Signature.objects.filter(letter=letter)}
    return next(code for code in map("{:06d}".format, range(100)) if code not in right)


def test_t52_many_forms_do_not_make_many_guesses(letter: Letter) -> None:
    most = form_limits.CODE.subject.number
    pages = [sign(letter, seen=STRANGER, name=f"Not Suzie {name}") for name in "ABCDEFGH"]
    tries = [pages[number // (codes.MOST_TRIES - 1)] for number in range(most + 5)]
    answers = [type_code(page, wrong_for(letter)).context["problem"] for page in tries]
    assert answers == ["wrong_code"] * most + ["too_many_tries"] * 5
    right = confirmation.confirmation_code(Signature.objects.latest("pk"))
    assert type_code(pages[-1], right).context["problem"] == "too_many_tries"


def test_t52_an_address_that_signed_already_answers_alike(letter: Letter) -> None:
    make_published(letter, email=SUZIE)
    pages = [sign(letter, seen=STRANGER) for _ in range(4)]
    most = form_limits.CODE.subject.number
    answers = [
        type_code(pages[number % 4], "000000").context["problem"] for number in range(most + 2)
    ]
    assert answers == ["wrong_code"] * most + ["too_many_tries"] * 2


def test_t52_one_network_guesses_for_so_many_addresses_only(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = form_limits.FormLimits(Limit("few codes", 3, 60 * MINUTE), form_limits.CODE.subject)
    monkeypatch.setattr(form_limits, "CODE", few)
    pages = [sign(letter, email=f"somebody-{number}@example.org") for number in range(4)]
    answers = [type_code(page, wrong_for(letter)).context["problem"] for page in pages]
    assert answers == ["wrong_code"] * 3 + ["too_many_tries"]


def test_the_limit_of_an_address_is_one_letters_and_passes(letter: Letter) -> None:
    now = timezone.now()
    for _ in range(form_limits.CODE.subject.number):
        form_limits.count(form_limits.CODE, network=None, subject=b"a", now=now)
    over = form_limits.count(form_limits.CODE, network=None, subject=b"a", now=now)
    other = form_limits.count(form_limits.CODE, network=None, subject=b"b", now=now)
    tomorrow = now + timedelta(days=1, minutes=1)
    again = form_limits.count(form_limits.CODE, network=None, subject=b"a", now=tomorrow)
    assert (over.is_over, other.is_over, again.is_over) == (True, False, False)


def test_codes_in_any_digits_confirm(letter: Letter) -> None:
    attempt = make_signature(letter)
    code = confirmation.confirmation_code(attempt)
    arabic = code.translate({ord("0") + digit: 0x660 + digit for digit in range(10)})
    token = typed_form.inbox_token(attempt.public_id, letter.public_id)
    answer = type_code(f"/s/{token}/inbox/", f"Code: {arabic[:3]}\u2009\u2013{arabic[3:]}.")
    assert answer.status_code == 302
