"""A page of the desk's lists reads about as much as it shows, however many rows there are."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from openletter.accounts.models import Membership, Team
from openletter.letters.models import Letter
from openletter.lib.admin import paginators
from openletter.signatures import desk_search
from openletter.signatures.desk import known
from openletter.signatures.models import Signature
from tests.factories import log_in, make_letter, make_moderator, make_signature
from tests.filling import fill, fill_published
from tests.plans import Plans, analyze, begin_anew, buffers
from tests.signatures.steps import LIST

pytestmark = pytest.mark.django_db
LEDGER = "/admin/ledger/ledgerentry/"
MANY = 12_000
# Fifty rows to show and a hundred to count, each perhaps on a page of its own, with their indexes.
MOST = 600
OLD, LATE = "2020-01-01 00:00:00%2B00:00", "2090-01-01 00:00:00%2B00:00"
FILTERS = [
    *("", "p=2", "state__exact=published", "state__exact=held", "state__exact=pending"),
    *("state__exact=expired", "kind__exact=organisation", "kind__exact=person"),
    *("letter__id__exact={letter}", "letter__id__exact={letter}&state__exact=pending"),
    *(f"created_at__gte={OLD}", f"created_at__gte={LATE}", f"created_at__lt={OLD}"),
    *("because=moderator", "because=corrected", "flag=no_mail_server", "o=-7", "o=7"),
    *("q=common", "q=rare", "q=nobody", "q=co", "q=rare&state__exact=pending"),
    "address=" + "ab" * 32,
]


@pytest.fixture
def letter_id(db: None, monkeypatch: pytest.MonkeyPatch) -> int:
    """A letter with many that count, and newer ones that wait; beside it another with few."""
    monkeypatch.setattr(paginators, "MOST_COUNTED", 100)
    monkeypatch.setattr(desk_search, "MOST_UNCONFIRMED", 100)
    begin_anew()
    few = make_signature(make_letter(slug="few"), name="Rare One")
    many = make_signature(make_letter(slug="many"), name="Common Name")
    older = {"created_at": "now() - interval '1 day' - number * interval '1 second'"}
    fill_published(many, MANY, **older)
    fill_published(few, 20, **older)
    fill(many, MANY // 4)
    fill(many, 60, state="'held'", confirmed_at="now()", held_because="'moderator'")
    fill(many, 60, flags="'{no_mail_server}'")
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('signature_by_words')")
    analyze()
    return many.letter_id


@pytest.mark.slow
def test_a_page_of_a_list_reads_little(desk: Client, letter_id: int) -> None:
    addresses = [f"{LIST}?{query.format(letter=letter_id)}" for query in FILTERS]
    addresses += [
        f"{LEDGER}?{query}" for query in ("", "kind__exact=signed", "kind__exact=removed")
    ]
    much = {}
    with Plans() as plans:
        for address in addresses:
            found = plans.of(partial(desk.get, address))
            if buffers(found) > MOST:
                much[address] = [str(plan) for plan in found if plan.buffers > 100]
    assert much == {}


@pytest.mark.slow
@pytest.mark.parametrize("slugs", [("few",), ("many",), ("few", "many")])
def test_a_page_of_a_list_reads_little_for_a_team(slugs: tuple[str, ...], letter_id: int) -> None:
    team = Team.objects.create(name="Listeners")
    Letter.objects.filter(slug__in=slugs).update(team=team)
    user = make_moderator("olive@example.org", is_superuser=False)
    Membership.objects.create(team=team, user=user, role=Membership.Role.OWNER)
    member, much = log_in(user), {}
    addresses = [f"{LIST}?{query.format(letter=letter_id)}" for query in FILTERS]
    with Plans() as plans:
        for address in [*addresses, LEDGER, "/admin/"]:
            found = plans.of(partial(member.get, address))
            if buffers(found) > MOST:
                much[address] = [str(plan) for plan in found if plan.buffers > 100]
    assert much == {}


def test_a_list_counts_no_more_than_it_shows_and_says_so(desk: Client, letter_id: int) -> None:
    page = desk.get(LIST)
    assert page.context["cl"].result_count == 100
    assert "There are more than 100" in page.content.decode()
    few = desk.get(f"{LIST}?state__exact=held")
    assert (few.context["cl"].result_count, "There are more" in few.content.decode()) == (60, False)


def test_only_the_newest_who_have_not_confirmed_are_searched_and_it_says_so(
    desk: Client, letter_id: int
) -> None:
    response = desk.get(f"{LIST}?q=common&state__exact=pending")
    assert response.context["cl"].result_count == 100
    assert any("newest 100" in str(one) for one in response.context["messages"])


def test_a_column_that_no_index_has_in_order_sorts_nothing(desk: Client, letter_id: int) -> None:
    response = desk.get(f"{LIST}?o=1")
    assert len(response.context["cl"].result_list) == 0
    assert "cannot be filtered or sorted" in response.content.decode()


@pytest.mark.slow
def test_what_is_known_of_a_name_that_very_many_have_reads_little(
    monkeypatch: pytest.MonkeyPatch, letter_id: int
) -> None:
    monkeypatch.setattr(known, "MOST_COUNTED", 100)
    one = Signature.objects.filter(letter=letter_id, state="held").select_related("letter")[0]
    with Plans() as plans:
        found = plans.of(partial(known.of, one, now=timezone.now()))
    assert buffers(found) <= MOST, [str(plan) for plan in found if plan.buffers > 100]
    assert len(known.of(one, now=timezone.now()).names) == known.MOST_NAMES
