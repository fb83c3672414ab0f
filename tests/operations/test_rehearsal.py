"""A letter to rehearse with: of its own, on a site for development, and as if people had signed."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count
from django.test import Client
from django.utils import timezone

from openletter.ledger import recounting
from openletter.letters.models import Letter
from openletter.lib.db.search import fold
from openletter.mail.limits import throttles
from openletter.mail.models import OutgoingMail, Throttle
from openletter.mailings import flows
from openletter.mailings.models import Mailing
from openletter.operations import invariants, rehearsal
from openletter.signatures.models import Signature
from tests.factories import make_letter, make_published

pytestmark = pytest.mark.django_db
COMMAND = "fill-for-rehearsal"
S, M = Signature.State, OutgoingMail.State


@pytest.fixture(autouse=True)
def development(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEBUG, settings.MAILBOX_DIR = True, str(tmp_path)
    monkeypatch.setattr(rehearsal, "settle", lambda: None)  # tests are in a transaction


def run(signatures: int = 1_000, mails: int = 3_000, letter: str = "rehearsal") -> str:
    out = io.StringIO()
    options = {"signatures": signatures, "mails": mails, "letter": letter}
    call_command(COMMAND, stdout=out, **options)
    return out.getvalue()


def nothing_was_made() -> bool:
    return not Signature.objects.filter(letter__slug="rehearsal").exists()


def test_the_numbers_agree_also_beside_a_letter_with_people_of_its_own() -> None:
    make_published(make_letter())
    assert "invented people" in run()
    assert [one.agrees for one in recounting.recount()] == [True, True]


@pytest.mark.slow
def test_people_are_in_every_state_in_the_shares_that_are_promised() -> None:
    run(10_000, 20_000)
    states = dict(Signature.objects.values_list("state").annotate(Count("pk")))
    assert states == {S.PUBLISHED: 7_650, S.HELD: 200, S.PENDING: 2_000, S.WITHDRAWN: 150}
    assert Signature.objects.exclude(erased_at=None).count() == 300
    assert Signature.objects.values("email_key").distinct().count() == 10_000


def test_there_are_as_many_mails_as_were_asked_for_in_every_state_and_lane() -> None:
    run()
    mails = OutgoingMail.objects.filter(topic=Letter.objects.get().topic)
    assert mails.count() == 3_000
    found = Counter(mails.values_list("lane", "state"))
    assert {state for _lane, state in found} == set(M.values)
    assert {lane for lane, state in found if state == M.DUE} == {"confirm", "bulk"}


def test_everything_that_must_hold_holds() -> None:
    run()
    broken = [one.sentence for one in invariants.check(now=timezone.now()) if not one.holds]
    assert broken == []


def test_the_desk_shows_a_mailing_that_is_paused_and_one_that_goes_on(desk: Client) -> None:
    run()
    for state in ("paused", "sending"):
        mailing = Mailing.objects.get(state=state)
        progress = flows.progress(mailing)
        assert 0 < progress.left < mailing.recipients == progress.gone + progress.left
    paused = Mailing.objects.get(state="paused")
    assert Throttle.objects.get().key == throttles.batch_key(paused.public_id)
    assert desk.get("/admin/delivery/").status_code == 200


def test_addresses_belong_to_nobody_and_can_be_read() -> None:
    run()
    addresses = {one.email for one in Signature.objects.filter(erased_at=None)[:5]}
    assert addresses == {rehearsal.ADDRESS}


def test_names_are_found_as_if_they_had_been_typed() -> None:
    run()
    for one in Signature.objects.filter(erased_at=None)[:200]:
        assert one.search_text == fold(one.name, one.represented_by, one.title, one.affiliation)


def test_a_real_site_is_not_filled(settings: Any) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="not for development"):
        run()
    assert nothing_was_made()


def test_a_site_whose_mails_would_leave_is_not_filled(settings: Any) -> None:
    settings.MAILBOX_DIR = ""
    with pytest.raises(CommandError, match="EMAIL_URL"):
        run()
    assert nothing_was_made()


@pytest.mark.parametrize("address", ["open-letter", "admin"])
def test_no_letter_is_filled_but_one_of_its_own(address: str) -> None:
    make_published(make_letter(slug="open-letter"))
    with pytest.raises(CommandError, match="--letter"):
        run(letter=address)
    assert Signature.objects.count() == 1


@pytest.mark.parametrize("mails", [1_999, 100_000_000])
def test_what_cannot_be_made_is_refused_and_leaves_nothing(mails: int) -> None:
    with pytest.raises(CommandError, match="more"):
        run(0 if mails > 2_000 else 1_000, mails)
    assert not Letter.objects.exists()
