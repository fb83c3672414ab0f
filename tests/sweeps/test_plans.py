"""A step of a sweep costs what it takes in hand, however much there is and however far it is."""

from __future__ import annotations

from functools import partial

import pytest
from django.db.models import F

from openletter.sweeps import batches, looking
from openletter.sweeps.models import Sweep, Swept
from tests.factories import make_letter, make_published
from tests.filling import fill_published
from tests.plans import Plan, Plans, analyze, begin_anew, buffers, reads_whole
from tests.sweeps.steps import begin, begin_undo, found, moderator

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MANY, SIZE = 6_000, 50
# For each signature: its row with all its indexes, its place in the sweep, its line in the ledger.
MOST_FOR_ONE = 120


@pytest.fixture(params=["analyzed", "not analyzed"])
def sweep(request: pytest.FixtureRequest) -> Sweep:
    """A sweep of one letter's many, as many of another letter beside it."""
    begin_anew()
    for slug in ("swept", "other"):
        one = make_published(make_letter(slug=slug), email=f"one@{slug}.example.org")
        fill_published(one, MANY)
    sweep = begin(found(one.letter, domain="other.example.org"))
    Sweep.objects.filter(pk=sweep.pk).update(agreed_by=moderator("olive@example.org"))
    Sweep.objects.filter(pk=sweep.pk).update(state="running", begun_at=F("asked_at"))
    if request.param == "analyzed":
        analyze()
    sweep.refresh_from_db()
    return sweep


def costs(found: list[Plan]) -> None:
    assert reads_whole(found) == []
    assert buffers(found) < MOST_FOR_ONE * SIZE, "\n".join(map(str, found))


@pytest.fixture(params=["in silence", "with mails"], autouse=True)
def tells(request: pytest.FixtureRequest, sweep: Sweep) -> None:
    Sweep.objects.filter(pk=sweep.pk).update(tells=request.param == "with mails")


def test_a_batch_reads_what_it_sweeps(sweep: Sweep) -> None:
    with Plans() as plans:
        costs(plans.of(partial(batches.sweep, sweep.pk, size=SIZE)))
    for _ in range(5):
        batches.sweep(sweep.pk, size=MANY // 6)
    with Plans() as plans:
        costs(plans.of(partial(batches.sweep, sweep.pk, size=SIZE)))


def test_a_batch_reads_what_it_brings_back(sweep: Sweep) -> None:
    while batches.sweep(sweep.pk):
        pass
    begin_undo(sweep)
    with Plans() as plans:
        costs(plans.of(partial(batches.undo, sweep.pk, size=SIZE)))


def test_a_slice_of_looking_reads_what_it_looks_at(sweep: Sweep) -> None:
    Swept.objects.all().delete()
    Sweep.objects.filter(pk=sweep.pk).update(state="looking", published=0, cursor=F("newest") - 900)
    with Plans() as plans:
        costs(plans.of(partial(looking.look, sweep.pk, size=SIZE)))
