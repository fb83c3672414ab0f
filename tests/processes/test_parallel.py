"""Many requests at the same moment: the number stays exact, and nobody meets an error.

Threads of this process through the whole of Django, each on a connection of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import TypeVar
from urllib.parse import urlencode

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.db.models import Count
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from openletter.ledger import recounting
from openletter.ledger.models import LedgerEntry, Tally
from openletter.letters.models import Letter
from openletter.lib import tokens
from openletter.lib.people.addresses import email_key
from openletter.mail.limits import recipient_limits
from openletter.mail.models import OutgoingMail, SuppressedAddress
from openletter.mail.outbox import suppression
from openletter.privacy import flows as privacy_flows
from openletter.privacy.flows import Erasure
from openletter.self_service import changes
from openletter.signatures import confirmation, decisions, signing
from openletter.signatures.inbox import typed_form
from openletter.signatures.models import CodeAttempt, Signature
from tests.conftest import form_for
from tests.factories import make_letter, make_published, make_signature
from tests.live.waiting import PATIENCE

# Not marked `processes`: it starts none, and what fails here once in a while is a defect.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

T = TypeVar("T")
S = Signature.State


@pytest.fixture
def letter(transactional_db: None) -> Letter:
    return make_letter()


def at_once(acts: Iterable[Callable[[], T]]) -> list[T]:
    """Do all of these at the same moment, each in a thread; errors come out here."""
    acts = list(acts)
    start = threading.Barrier(len(acts), timeout=PATIENCE)

    def run(act: Callable[[], T]) -> T:
        try:
            start.wait()
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [done.result(PATIENCE) for done in [threads.submit(run, act) for act in acts]]


@cache
def _application() -> WSGIHandler:
    return WSGIHandler()  # one for all threads, as in a web process


def post(address: str, fields: Mapping[str, str]) -> int:
    """Send a form through the whole of Django; return the status."""
    request = RequestFactory().post(
        address, urlencode(fields), content_type="application/x-www-form-urlencoded"
    )
    return _application().get_response(request).status_code


def press(attempt: Signature) -> int:
    """Press the button behind an attempt's link; return the status."""
    token = tokens.make("confirm", attempt.public_id, generation=attempt.generation)
    return post(reverse("signatures:confirm", args=[token]), {})


def expect_exact(letter: Letter, count: int) -> None:
    """The tally, the rows and the ledger agree on the number (I8), without a gap (I12)."""
    (recount,) = recounting.recount()
    assert (recount.tally, recount.counted, recount.moved) == (count, count, count)
    indexes = LedgerEntry.objects.filter(letter=letter).values_list("index", flat=True)
    assert sorted(indexes) == list(range(len(indexes)))
    assert Tally.objects.get(letter=letter).next_index == len(indexes)


def test_t09_fifty_addresses_signed_from_eight_sides_are_counted_once_each(letter: Letter) -> None:
    # Each at a domain of its own, or the mails to one domain would be spread over the hour.
    addresses = [f"signer@d{number}.example.org" for number in range(50)]
    form = form_for(letter)

    def sign_all() -> set[int]:
        address = reverse("signatures:sign", args=[letter.slug])
        return {post(address, {**form, "email": one}) for one in addresses}

    assert at_once([sign_all] * 8) == [{302}] * 8
    pending = Signature.objects.filter(state=S.PENDING)
    per_address = pending.values("email_key").annotate(attempts=Count("pk"))
    assert [each["attempts"] for each in per_address] == [signing.MOST_PENDING] * 50
    # One mail at once, the others minutes apart, and no more than five.
    now = timezone.now()
    owed = OutgoingMail.objects.values("recipient_key").annotate(mails=Count("pk"))
    assert max(each["mails"] for each in owed) <= recipient_limits.FOR_UNVERIFIED.ever_per_topic
    assert OutgoingMail.objects.filter(due_at__lte=now).count() == 50
    for attempt in Signature.objects.select_related("letter"):
        press(attempt)
    expect_exact(letter, 50)


def test_t52_twenty_forms_of_one_address_at_once_leave_five_that_wait(letter: Letter) -> None:
    form = form_for(letter)
    address = reverse("signatures:sign", args=[letter.slug])
    assert at_once([partial(post, address, form)] * 20) == [302] * 20
    states = Signature.objects.values_list("state").annotate(Count("pk"))
    assert dict(states) == {S.PENDING: signing.MOST_PENDING, S.EXPIRED: 20 - signing.MOST_PENDING}
    newest = Signature.objects.filter(state=S.PENDING).order_by("-asked_at").first()
    due = OutgoingMail.objects.filter(state="due")
    assert newest
    assert set(due.values_list("about", flat=True)) <= set(
        Signature.objects.filter(state=S.PENDING).values_list("public_id", flat=True)
    )


def test_t53_forms_of_tagged_addresses_at_once_find_one_room(letter: Letter) -> None:
    address = reverse("signatures:sign", args=[letter.slug])
    acts = [
        partial(post, address, form_for(letter, email=f"suzie+{number}@example.org"))
        for number in range(16)
    ]
    assert at_once(acts) == [302] * 16
    assert Signature.objects.count() == 16
    assert OutgoingMail.objects.count() == recipient_limits.FOR_UNVERIFIED.per_day_and_topic


def test_t52_guesses_at_once_each_cost_a_try(letter: Letter) -> None:
    attempts = [make_signature(letter, email="suzie@example.org") for _ in range(4)]
    right = {confirmation.confirmation_code(one) for one in attempts}
    wrong = next(code for code in map("{:06d}".format, range(100)) if code not in right)
    pages = [
        reverse("signatures:code", args=[typed_form.inbox_token(one.public_id, letter.public_id)])
        for one in attempts
    ]
    acts = [partial(post, page, {"code": wrong}) for page in pages for _ in range(5)]
    assert at_once(acts) == [422] * 20
    assert sum(CodeAttempt.objects.values_list("tries", flat=True)) == 20
    assert post(pages[0], {"code": confirmation.confirmation_code(attempts[0])}) == 422


def test_t04_the_way_back_is_sent_once_whoever_asks_at_once(letter: Letter) -> None:
    attempt = make_signature(letter, email="suzie@example.org")
    suppression.suppress(
        email_key=bytes(attempt.email_key),
        topic=suppression.EVERYTHING,
        reason=SuppressedAddress.Reason.STOP,
        now=timezone.now(),
    )
    token = typed_form.inbox_token(attempt.public_id, letter.public_id)
    page = reverse("signatures:ask_to_resume", args=[token])
    assert at_once([partial(post, page, {})] * 8) == [302] * 8
    assert OutgoingMail.objects.filter(kind="signatures.resume").count() == 1


def test_t10_one_link_pressed_twenty_times_at_once_counts_once(letter: Letter) -> None:
    attempt = make_signature(letter)
    assert at_once([partial(press, attempt)] * 20) == [302] * 20
    expect_exact(letter, 1)
    assert LedgerEntry.objects.filter(signature=attempt).count() == 1


def test_t10_twenty_links_pressed_at_once_count_twenty(letter: Letter) -> None:
    attempts = [make_signature(letter) for _ in range(20)]
    assert at_once([partial(press, one) for one in attempts]) == [302] * 20
    expect_exact(letter, 20)


def test_t10_all_attempts_of_one_address_confirmed_at_once_count_once(letter: Letter) -> None:
    for number in range(5):
        address = f"signer-{number}@example.org"
        attempts = [make_signature(letter, email=address) for _ in range(5)]
        statuses = at_once([partial(press, one) for one in attempts])
        assert statuses.count(302) == 1
        assert set(statuses) <= {302, 409, 410}
        expect_exact(letter, number + 1)
        states = Signature.objects.filter(email_key=email_key(address))
        assert states.filter(state=Signature.State.PUBLISHED).count() == 1


def test_t10_a_confirmation_and_a_removal_at_once_leave_an_exact_number(letter: Letter) -> None:
    published = 0
    for _ in range(20):
        attempt = make_signature(letter)
        at_once([partial(press, attempt), partial(decide, attempt, "removed")])
        attempt.refresh_from_db()
        assert attempt.state in {Signature.State.PUBLISHED, Signature.State.REMOVED}
        published += attempt.state == Signature.State.PUBLISHED
    expect_exact(letter, published)


def decide(signature: Signature, to: str) -> int:
    """Decide as a moderator would; the answer is 0 where that is not possible (any more)."""
    try:
        decisions.decide(
            signature_id=signature.pk,
            revision=signature.revision,
            to=Signature.State(to),
            actor_id=None,
            reason="a test",
            now=timezone.now(),
        )
    except decisions.NotAllowed:
        return 0
    return 1


def test_t10_ten_moderators_who_remove_one_signature_at_once_remove_it_once(
    letter: Letter,
) -> None:
    signature = make_published(letter)
    assert sum(at_once([partial(decide, signature, "removed")] * 10)) == 1
    expect_exact(letter, 0)


def test_t10_a_restored_signature_and_a_new_one_of_the_address_never_both_count(
    letter: Letter,
) -> None:
    for number in range(10):
        address = f"signer-{number}@example.org"
        removed = make_published(letter, email=address)
        decide(removed, "removed")
        again = make_signature(letter, email=address)
        at_once(
            [
                partial(press, again),
                partial(decide, removed, "published"),
            ]
        )
        expect_exact(letter, number + 1)


def withdraw(signature: Signature) -> int:
    """Withdraw as the owner would; 0 where that is not possible (any more)."""
    try:
        changes.withdraw(signature.pk, now=timezone.now())
    except changes.NotNow:
        return 0
    return 1


def test_t10_a_confirmation_and_a_withdrawal_at_once_leave_an_exact_number(letter: Letter) -> None:
    published = 0
    for _ in range(50):
        attempt = make_signature(letter)
        at_once([partial(press, attempt), partial(withdraw, attempt)])
        attempt.refresh_from_db()
        assert attempt.state in {S.PUBLISHED, S.WITHDRAWN, S.EXPIRED}
        published += attempt.state == S.PUBLISHED
    (recount,) = recounting.recount()
    assert (recount.tally, recount.counted, recount.moved) == (published, published, published)


def test_t10_a_withdrawal_and_a_new_confirmation_of_the_address_both_happen(
    letter: Letter,
) -> None:
    for number in range(20):
        address = f"signer-{number}@example.org"
        signature = make_published(letter, email=address)
        again = make_signature(letter, email=address)
        at_once([partial(press, again), partial(withdraw, signature)])
        again.refresh_from_db()
        signature.refresh_from_db()
        assert signature.state == S.WITHDRAWN
        assert again.state in {S.PUBLISHED, S.PENDING}  # whichever of the two came first
        Signature.objects.filter(pk=again.pk).update(email_key=bytes([number]) * 32)
    (recount,) = recounting.recount()
    assert recount.tally == recount.counted == recount.moved


def test_t10_ten_withdrawals_at_once_lower_the_number_once(letter: Letter) -> None:
    signature = make_published(letter)
    make_published(letter)
    assert sum(at_once([partial(withdraw, signature)] * 10)) == 1
    expect_exact(letter, 1)


def test_t10_an_erasure_and_a_moderator_at_once_leave_an_exact_number(letter: Letter) -> None:
    for _ in range(10):
        signature = make_published(letter)
        erase = partial(
            privacy_flows.erase, Erasure(bytes(signature.email_key)), now=timezone.now()
        )
        at_once([erase, partial(decide, signature, "removed")])
        signature.refresh_from_db()
        assert (signature.name, signature.erased_at is not None) == ("", True)
    expect_exact(letter, 0)


def test_two_people_who_are_erased_on_the_same_letters_do_not_wait_for_each_other(
    letter: Letter,
) -> None:
    letters = [letter, make_letter(slug="second")]
    for number in range(10):
        people = [f"a-{number}@example.org", f"b-{number}@example.org"]
        for one, order in zip(people, (letters, letters[::-1]), strict=True):
            for each in order:
                make_published(each, email=one)
        now = timezone.now()
        at_once([partial(privacy_flows.erase, Erasure(email_key(one)), now=now) for one in people])
    assert {recount.tally for recount in recounting.recount()} == {0}
    assert all(recount.agrees for recount in recounting.recount())
