"""Two workers that count again at the same moment."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from openletter.ledger import recounting, watch
from openletter.ledger.models import Recount
from tests.factories import make_letter, make_many
from tests.racing import behind

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("was_counted", [False, True])
def test_a_recount_is_begun_by_one_of_them(
    was_counted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recounting, "SLICE", 2)
    make_many(make_letter(), 5)
    now = timezone.now()
    if was_counted:
        watch.watch(now=now - timedelta(hours=2), seconds=60)  # to its end, however slow
    one, other = (
        partial(watch.watch, now=now + timedelta(seconds=number), seconds=0) for number in range(2)
    )
    behind(one, other)
    found = Recount.objects.get()
    assert (found.began_at, found.counted) == (now, 2)


def test_one_goes_on_with_another_letter_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recounting, "SLICE", 2)
    now = timezone.now()
    for slug in ("one", "two"):
        letter = make_letter(slug=slug)
        make_many(letter, 5)
        recounting.begin(letter, now=now).save()
    tick = partial(watch.watch, now=now, seconds=0)
    behind(tick, tick)
    assert list(Recount.objects.values_list("counted", flat=True)) == [2, 2]
