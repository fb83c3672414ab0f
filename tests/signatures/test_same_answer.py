"""T07, T47: whoever asks about an address gets the same answer, by the same work."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.lib import tokens
from openletter.lib.people.addresses import email_key
from openletter.mail.models import OutgoingMail, SuppressedAddress
from openletter.mail.outbox import suppression
from openletter.moderation import source_lists
from openletter.moderation.models import ListedSource
from openletter.signatures.models import Signature
from tests.conftest import form_for
from tests.factories import make_letter, make_signature
from tests.queries import statements_of

pytestmark = pytest.mark.django_db
S = Signature.State


def _stands(state: str) -> Callable[[Letter, str], object]:
    def prepare(letter: Letter, email: str) -> object:
        confirmed = None if state == S.PENDING else timezone.now()
        return make_signature(letter, email=email, state=state, confirmed_at=confirmed)

    return prepare


def _suppressed(_letter: Letter, email: str) -> None:
    suppression.suppress(
        email_key=email_key(email),
        topic=suppression.EVERYTHING,
        reason=SuppressedAddress.Reason.STOP,
        now=timezone.now(),
    )


def _blocked(_letter: Letter, email: str) -> None:
    ListedSource.objects.get_or_create(kind="address", value=email_key(email).hex(), verdict="hold")


def _over_the_limit(letter: Letter, email: str) -> None:
    for _ in range(5):
        make_signature(letter, email=email)


CASES: dict[str, Callable[[Letter, str], object]] = {
    "new": lambda _letter, _email: None,
    "pending": _stands(S.PENDING),
    "published": _stands(S.PUBLISHED),
    "held": _stands(S.HELD),
    "withdrawn": _stands(S.WITHDRAWN),
    "removed": _stands(S.REMOVED),
    "suppressed": _suppressed,
    "blocked": _blocked,
    "over the limit": _over_the_limit,
}


def prepared(letter: Letter, number: int) -> dict[str, list[str]]:
    """Return for each case addresses that are in it; each is asked about once."""
    addresses = {
        case: [f"{case.replace(' ', '-')}-{one}@{letter.slug}.example.org" for one in range(number)]
        for case in CASES
    }
    for case, emails in addresses.items():
        for email in emails:
            CASES[case](letter, email)
    source_lists.forget()
    return addresses


def ask(client: Client, letter: Letter, email: str) -> Any:
    return client.post(
        f"/{letter.slug}/sign/",
        urlencode(form_for(letter, email=email)),
        content_type="application/x-www-form-urlencoded",
        headers={"Sec-Fetch-Site": "same-origin"},
    )


def test_t07_the_answer_its_page_and_the_questions_to_the_database_are_the_same(
    client: Client, letter: Letter
) -> None:
    addresses = prepared(letter, 1)
    ask(client, letter, "first@example.org")  # now the process knows the text and the lists
    source_lists.verdict_on(network=None, domain="example.org", address_key=b"")
    seen: dict[object, list[str]] = {}
    for case, (email,) in addresses.items():
        answer, asked = statements_of(partial(ask, client, letter, email))
        assert asked
        page = client.get(answer["Location"])
        token = answer["Location"].split("/")[2]
        # The address that was typed is shown and carried on, so that is what the length depends on.
        headers = [
            sorted((name, value) for name, value in one.headers.items() if name != "Content-Length")
            for one in (answer, page)
        ]
        same = (
            answer.status_code,
            str(headers).replace(token, "token"),
            answer.content,
            page.content.decode().replace(token, "token").replace(email, "address"),
            asked,
        )
        seen.setdefault(same, []).append(case)
    assert list(seen.values()) == [list(CASES)]


# Forms that are sent from the page that waits for the mail, and what is typed into them.
FROM_THE_INBOX = {"resend": {}, "code": {"code": "000000"}, "ask-to-resume": {}}


@pytest.mark.slow
@pytest.mark.parametrize("form", FROM_THE_INBOX)
def test_t47_so_they_are_for_every_form_of_the_page_that_follows(
    client: Client, letter: Letter, form: str
) -> None:
    addresses = prepared(letter, 1)
    inboxes = {case: ask(client, letter, email)["Location"] for case, (email,) in addresses.items()}

    def send(inbox: str) -> Any:
        path = inbox.replace("/inbox/", f"/{form}/")
        return client.post(path, FROM_THE_INBOX[form], headers={"Sec-Fetch-Site": "same-origin"})

    for inbox in inboxes.values():
        # The first time the mail waits, later it has left: what was sent is no question either.
        send(inbox)
    seen: dict[object, list[str]] = {}
    for state in ("due", "sent"):
        OutgoingMail.objects.update(state=state)
        for case, inbox in inboxes.items():
            answer, asked = statements_of(partial(send, inbox))
            assert asked
            token, (email,) = inbox.split("/")[2], addresses[case]
            headers = {name: value for name, value in answer.items() if name != "Content-Length"}
            page = answer.content.decode().replace(token, "token").replace(email, "address")
            same = (answer.status_code, str(headers).replace(token, "token"), page, asked)
            seen.setdefault(same, []).append(f"{case}, {state}")
    assert len(seen) == 1, list(seen.values())


@pytest.mark.parametrize("page", ["", "sent/"])
def test_t47_so_they_are_for_who_asks_for_the_link_to_their_signature(
    client: Client, letter: Letter, page: str
) -> None:
    addresses = prepared(letter, 1)
    path = f"/{letter.slug}/my-signature/{page}"
    client.post(path, {"email": "first@example.org"}, headers={"Sec-Fetch-Site": "same-origin"})
    seen: dict[object, list[str]] = {}
    for case, (email,) in addresses.items():
        typed = {"email": email}
        send = partial(client.post, path, typed, headers={"Sec-Fetch-Site": "same-origin"})
        answer, asked = statements_of(send)
        assert asked
        seen.setdefault((answer.status_code, str(answer.headers), asked), []).append(case)
    assert list(seen.values()) == [list(CASES)]


def test_t47_renewing_a_link_asks_the_same_whatever_became_of_it(client: Client) -> None:
    seen = set()
    for number, state in enumerate(S.values):
        letter = make_letter(slug=f"letter-{number}")
        confirmed = None if state in {S.PENDING, S.EXPIRED} else timezone.now()
        attempt = make_signature(letter, state=state, confirmed_at=confirmed)
        path = f"/s/{tokens.make('confirm', attempt.public_id)}/renew/"
        client.post(path, headers={"Sec-Fetch-Site": "same-origin"})  # reads the text
        _answer, asked = statements_of(
            partial(client.post, path, headers={"Sec-Fetch-Site": "same-origin"})
        )
        assert asked
        seen.add(asked)
    assert len(seen) == 1


def test_the_test_tells_statements_apart(letter: Letter) -> None:
    one = statements_of(lambda: Signature.objects.filter(name="a", pk=1).exists())[1]
    same = statements_of(lambda: Signature.objects.filter(name="it's", pk=22).exists())[1]
    other = statements_of(lambda: Signature.objects.filter(name="a").exists())[1]
    assert one == same != other
