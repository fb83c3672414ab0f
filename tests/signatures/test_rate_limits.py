"""Limits on networks and domains: soft, counted in rows, and no way around them (T04, T24, T25)."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.lib.ids import uuid7
from openletter.lib.people import networks
from openletter.lib.people.addresses import email_key
from openletter.mail.models import OutgoingMail, Throttle
from openletter.moderation import source_lists
from openletter.moderation.models import ListedSource
from openletter.signatures import confirmation
from openletter.signatures.abuse import rate_limits
from openletter.signatures.models import FormSubmission, Signature
from tests import mmdb
from tests.conftest import form_for
from tests.factories import decide, make_letter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("behind_one_proxy")]
BURST = rate_limits.BURST.number


def send(letter: Letter, number: int, *, seen: str = "192.0.2.7", email: str = "") -> None:
    """Send a form as somebody whose address the proxy saw; what they claim stands before it."""
    answer = Client().post(
        f"/{letter.slug}/sign/",
        form_for(letter, email=email or f"signer-{number}@example.org"),
        headers={"X-Forwarded-For": f"198.51.100.{number % 250}, {seen}"},
    )
    assert answer.status_code == 302


def flags() -> list[list[str]]:
    return list(Signature.objects.order_by("pk").values_list("flags", flat=True))


def confirm_all() -> list[str]:
    for attempt in Signature.objects.filter(state="pending").select_related("letter"):
        confirmation.confirm(attempt, now=timezone.now())
    return list(Signature.objects.order_by("pk").values_list("state", flat=True))


def list_source(kind: str, value: str, verdict: str) -> None:
    ListedSource.objects.create(kind=kind, value=value, verdict=verdict, reason="test")
    source_lists.forget()


def some_forms(
    number: int,
    *,
    network: bytes | None = None,
    block: bytes | None = None,
    domain: str = "example.org",
    minutes: int = 10,
) -> None:
    """Forms that arrived some minutes ago."""
    letter = Letter.objects.first() or make_letter()
    at = timezone.now() - timedelta(minutes=minutes)
    FormSubmission.objects.bulk_create(
        FormSubmission(
            reference=uuid7(),
            letter=letter,
            network_key=network,
            block_key=block,
            email_domain=domain,
            at=at,
        )
        for _ in range(number)
    )


# --- One network under one letter ---------------------------------------------------------------


def test_as_many_as_a_household_sign_from_one_network_unsuspected(letter: Letter) -> None:
    for number in range(BURST):
        send(letter, number)
    assert flags() == [[]] * BURST
    assert confirm_all() == ["published"] * BURST


def test_t24_more_are_accepted_and_held_whatever_address_they_claim(letter: Letter) -> None:
    for number in range(BURST + 2):
        send(letter, number)
    assert flags() == [[]] * BURST + [["burst"]] * 2
    assert confirm_all() == ["published"] * BURST + ["held"] * 2
    assert Signature.objects.filter(held_because="burst").count() == 2
    assert OutgoingMail.objects.filter(kind="signatures.confirm").count() == BURST + 2


def test_t25_addresses_of_one_64_are_one_network(letter: Letter) -> None:
    for number in range(BURST + 1):
        send(letter, number, seen=f"2001:db8:1:2::{number:x}")
    assert flags()[-1] == ["burst"]
    assert FormSubmission.objects.values("network_key").distinct().count() == 1


def test_t25_two_64_are_two_networks(letter: Letter) -> None:
    for number in range(BURST + 1):
        send(letter, number, seen=f"2001:db8:1:{number:x}::1")
    assert flags() == [[]] * (BURST + 1)


def test_an_ipv4_address_in_an_ipv6_coat_is_the_same_network(letter: Letter) -> None:
    send(letter, 1, seen="192.0.2.7")
    send(letter, 2, seen="::ffff:192.0.2.7")
    assert FormSubmission.objects.values("network_key").distinct().count() == 1


def test_the_window_slides(letter: Letter) -> None:
    for number in range(BURST):
        send(letter, number)
    FormSubmission.objects.update(at=timezone.now() - rate_limits.BURST.span)
    send(letter, 99)
    assert flags()[-1] == []


def test_another_letter_is_another_count(letter: Letter) -> None:
    for number in range(BURST):
        send(letter, number)
    send(make_letter(slug="other"), 99)
    assert flags()[-1] == []


def test_an_address_that_signed_already_counts_too(letter: Letter) -> None:
    for _ in range(BURST):
        send(letter, 0, email="suzie@example.org")
    send(letter, 1)
    assert flags()[-1] == ["burst"]


@pytest.mark.parametrize("seen", ["127.0.0.1", "::1", "127.9.9.9"])
def test_where_everybody_seems_to_be_this_machine_nobody_is_held(letter: Letter, seen: str) -> None:
    for number in range(BURST + 1):
        send(letter, number, seen=seen)
    assert flags()[-1] == []
    assert wait() <= timedelta(0)


def test_t53_and_yet_their_mails_have_a_pace(letter: Letter) -> None:
    key = networks.network_key(networks.LOCAL)
    some_forms(rate_limits.LOCAL.number + 99, network=key, domain="gmail.com")
    send(letter, 1, seen="127.0.0.1")
    assert timedelta(minutes=5) < wait() < timedelta(minutes=7)


@pytest.mark.parametrize("seen", ["unknown", "unix:", "_hidden", "x" * 9000, "999.1.1.1", "::"])
def test_t53_an_entry_that_is_no_address_opens_no_limit(letter: Letter, seen: str) -> None:
    for number in range(BURST):
        send(letter, number, seen=f"nonsense-{number}")
    send(letter, 99, seen=seen)
    assert flags()[-1] == ["burst"]
    assert wait() > timedelta(0)


@pytest.mark.parametrize("seen", ["192.0.2.7:50123", "[2001:db8::7]:50123", "2001:db8::7%eth0"])
def test_an_address_with_a_port_or_zone_is_an_address(letter: Letter, seen: str) -> None:
    send(letter, 1, seen=seen)
    send(letter, 2, seen=seen.replace("50123", "50124").partition("%")[0])
    assert FormSubmission.objects.values("network_key").distinct().count() == 1
    form = FormSubmission.objects.first()
    assert form
    assert bytes(form.network_key or b"") != networks.network_key(networks.UNKNOWN)


def test_t53_a_block_of_networks_that_one_customer_may_have_has_a_limit(letter: Letter) -> None:
    burst = rate_limits.BLOCK_BURST.number
    for number in range(burst + 1):
        send(letter, number, seen=f"2001:db8:1:{number:x}::1")
    send(letter, 999, seen="2001:db8:2:1::1")
    told = [[flag for flag in each if flag != "domain burst"] for each in flags()]
    assert told == [[]] * burst + [["burst"], []]


def test_t53_mails_for_a_block_leave_at_its_pace(letter: Letter) -> None:
    send(letter, 1, seen="2001:db8:1:1::1")
    block = bytes(FormSubmission.objects.get().block_key or b"")
    some_forms(rate_limits.BLOCK.number + 9, block=block, domain="gmail.com")
    send(letter, 2, seen="2001:db8:1:2::1")
    assert timedelta(seconds=90) < wait() < timedelta(seconds=110)


def test_t53_the_mails_of_a_burst_wait_their_turn(letter: Letter) -> None:
    for number in range(BURST + 3):
        send(letter, number)
    due = sorted(OutgoingMail.objects.values_list("due_at", flat=True))
    assert all(at <= timezone.now() for at in due[:BURST])
    assert all(b - a > timedelta(seconds=50) for a, b in pairwise(due[BURST:]))
    assert due[BURST] > due[0] + timedelta(seconds=50)


def test_t53_forty_tagged_addresses_at_an_unknown_domain_are_one_mailbox(letter: Letter) -> None:
    for number in range(40):
        send(letter, number, seen=f"203.0.113.{number}", email=f"suzie+{number}@small.example.org")
    assert Signature.objects.count() == 40  # each may be somebody
    due = sorted(OutgoingMail.objects.values_list("due_at", flat=True))
    assert len(due) == 3
    assert all(b - a >= timedelta(minutes=3) for a, b in pairwise(due))


def test_f22_an_empty_cache_opens_no_limit(letter: Letter) -> None:
    for number in range(BURST):
        send(letter, number)
        cache.clear()
    send(letter, 99)
    assert flags()[-1] == ["burst"]


def test_the_network_is_kept_as_a_keyed_hash_only(letter: Letter) -> None:
    send(letter, 1)
    form = FormSubmission.objects.get()
    assert len(bytes(form.network_key or b"")) == 32
    assert b"192.0.2.7" not in bytes(form.network_key or b"")


# --- Sources that staff know --------------------------------------------------------------------


@pytest.mark.slow
def test_t25_two_hundred_students_on_a_trusted_network_all_sign(letter: Letter) -> None:
    list_source("network", "192.0.2.0/24", "trust")
    for number in range(200):
        send(letter, number, seen="192.0.2.7")
    assert flags() == [[]] * 200
    due = OutgoingMail.objects.filter(recipient_domain="example.org").order_by("due_at")
    assert due.first().due_at <= timezone.now()  # type: ignore[union-attr]
    assert set(confirm_all()) == {"published"}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("network", "192.0.2.0/24"),
        ("domain", "example.org"),
        ("domain", "org"),
        ("address", email_key("signer-1@example.org").hex()),
    ],
)
def test_a_watched_source_is_accepted_mailed_and_held(
    letter: Letter, kind: str, value: str
) -> None:
    list_source(kind, value, "hold")
    send(letter, 1)
    assert OutgoingMail.objects.count() == 1
    assert confirm_all() == ["held"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("network", "192.0.2.8/32"),
        ("network", "2001:db8::/32"),
        ("domain", "ample.org"),
        ("domain", "sub.example.org"),
        ("address", email_key("signer-2@example.org").hex()),
    ],
)
def test_other_sources_are_left_alone(letter: Letter, kind: str, value: str) -> None:
    list_source(kind, value, "hold")
    send(letter, 1)
    assert confirm_all() == ["published"]


def test_who_is_trusted_and_watched_is_watched(letter: Letter) -> None:
    list_source("network", "192.0.2.0/24", "trust")
    list_source("domain", "example.org", "hold")
    send(letter, 1)
    assert flags() == [["listed"]]


def test_a_signatory_who_was_removed_is_looked_at_when_signing_again(letter: Letter) -> None:
    send(letter, 1)
    confirm_all()
    decide(Signature.objects.get(), Signature.State.REMOVED)
    send(letter, 1)
    assert confirm_all() == ["removed", "held"]


# --- How fast mails leave -----------------------------------------------------------------------


def wait() -> timedelta:
    mail = OutgoingMail.objects.latest("pk")
    return mail.due_at - timezone.now()


def test_mails_beyond_the_hours_worth_of_a_network_wait_their_turn(letter: Letter) -> None:
    send(letter, 1)
    key = bytes(FormSubmission.objects.get().network_key or b"")
    assert wait() <= timedelta(0)
    some_forms(rate_limits.NETWORK.number + 9, network=key)
    send(letter, 2)
    assert timedelta(minutes=6) < wait() < timedelta(minutes=7)


def test_no_mail_waits_longer_than_four_hours(letter: Letter) -> None:
    some_forms(1_500, domain="attacked.example.com")
    send(letter, 1, email="x@attacked.example.com")
    assert timedelta(hours=3, minutes=59) < wait() <= timedelta(hours=4)


def test_mails_to_a_small_domain_leave_at_its_pace(letter: Letter) -> None:
    some_forms(rate_limits.DOMAIN.number, domain="small.example.org")
    send(letter, 1, email="x@small.example.org")
    assert timedelta(seconds=10) < wait() < timedelta(seconds=30)
    assert flags() == [["domain burst"]]


def test_mails_to_a_big_provider_do_not(letter: Letter) -> None:
    some_forms(rate_limits.DOMAIN.number, domain="gmail.com")
    send(letter, 1, email="x@gmail.com")
    assert wait() <= timedelta(0)


def test_forms_of_hours_ago_no_longer_slow_anything(letter: Letter) -> None:
    some_forms(rate_limits.DOMAIN.number, domain="small.example.org", minutes=61)
    send(letter, 1, email="x@small.example.org")
    assert wait() <= timedelta(0)


# --- Proof of work ------------------------------------------------------------------------------


@pytest.mark.parametrize("asks", [True, False])
def test_without_the_proof_that_a_letter_asks_for_a_signature_is_held(asks: bool) -> None:
    letter = make_letter(asks_proof=asks)
    send(letter, 1)
    assert confirm_all() == ["held" if asks else "published"]


def test_t05_a_letter_whose_breaker_tripped_asks_for_a_proof(letter: Letter) -> None:
    Throttle.objects.create(
        key=letter.topic, per_minute=60, cause=Throttle.Cause.UNCONFIRMED, at=timezone.now()
    )
    send(letter, 1)
    assert flags() == [["no proof"]]


# --- Whose the network is -----------------------------------------------------------------------


def test_a_form_keeps_where_its_network_is_and_whose(
    letter: Letter, settings: Any, tmp_path: Path
) -> None:
    """When it arrives: nobody can tell from a hash later."""
    send(letter, 1)
    known: mmdb.Record = {"country_code": "IS", "as_name": "Example Net"}
    settings.NETWORKS_FILE = [str(mmdb.write(tmp_path / "all.mmdb", {"192.0.2.0/24": known}))]
    send(letter, 2)
    send(letter, 3, seen="203.0.113.7")
    kept = FormSubmission.objects.order_by("at").values_list("network_country", "network_owner")
    assert list(kept) == [("", ""), ("IS", "Example Net"), ("", "")]


def test_people_sign_while_the_files_are_broken(
    letter: Letter, settings: Any, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.mmdb"
    broken.write_bytes(b"not one")
    settings.NETWORKS_FILE = [str(broken), str(tmp_path / "missing.mmdb"), str(tmp_path)]
    send(letter, 1)
    assert Signature.objects.count() == 1
