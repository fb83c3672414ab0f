"""A letter to practise moderation with: what the rules catch of its fakes, and who else waits."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from openletter.ledger import recounting
from openletter.letters.models import Letter
from openletter.operations import invariants
from openletter.operations.practice import account, fakes, play
from openletter.operations.practice.people import Invented
from openletter.signatures.models import Signature
from tests.factories import decide, make_letter

pytestmark = pytest.mark.django_db
COMMAND = "rehearse-moderation"
NAMES = Path(__file__).parent.parent / "signatures" / "people_of_the_world.txt"


@pytest.fixture(autouse=True)
def development(settings: Any, tmp_path: Path) -> None:
    settings.DEBUG, settings.MAILBOX_DIR = True, str(tmp_path)


def run(letter: str = "practice", *, signatures: int = 60, number: int = 24, **more: Any) -> str:
    out = io.StringIO()
    options = {"letter": letter, "signatures": signatures, "fakes": number, **more}
    call_command(COMMAND, stdout=out, **options)
    return out.getvalue()


def played(people: list[Invented]) -> list[account.Known]:
    now = timezone.now()
    text = play.begin("practice", now=now)
    play.play(text, people, now=now)
    return account.of(text.version.letter, people)


def names_of_the_world() -> Iterator[str]:
    """Names that people may type, from the list that the form is tried with."""
    is_name = False
    for line in NAMES.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            is_name = line.strip("[]").split(" | ")[1:] == ["person", "accepted"]
        elif is_name and line and "\\" not in line and not line.startswith("# "):
            yield line


def invented(people: int, number: int, *, seed: int = 1) -> list[Invented]:
    """Half of the honest people have a name of that list."""
    found, names = fakes.invent(people=people, fakes=number, seed=seed), cycle(names_of_the_world())
    return [
        replace(one, name=next(names))
        if place % 2 and not (one.fake or one.is_organisation)
        else one
        for place, one in enumerate(found)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_rules_catch_the_fakes_and_leave_honest_people_alone(seed: int) -> None:
    shares = account.by_kind(known := played(invented(2_000, 300, seed=seed)))
    assert len(shares) == 1 + len(fakes.KINDS)
    assert sum(bool(one.fake) for one in known) == 300
    missed = [f"{one.fake}: {one.signature.name}" for one in known if one.fake and not one.is_told]
    assert len(missed) <= 0.05 * 300, missed
    honest = [one for one in known if not one.fake]
    held = [f"{one.signature.held_because}: {one.signature.name}" for one in honest if one.is_held]
    assert len(honest) > 1_400
    assert len(held) < 0.01 * len(honest), held
    assert [one.agrees for one in recounting.recount()] == [True]


def test_the_same_seed_invents_the_same_people_and_another_others() -> None:
    one = fakes.invent(people=50, fakes=10, seed=1)
    assert one == fakes.invent(people=50, fakes=10, seed=1)
    assert one != fakes.invent(people=50, fakes=10, seed=2)
    assert sum(bool(person.fake) for person in one) == 10


def test_every_kind_is_played_through_the_real_doors() -> None:
    assert "invented people" in run()
    found = Signature.objects.exclude(state="pending")
    assert set(found.values_list("state", flat=True)) == {"published", "held"}
    assert found.filter(held_because="notable name").exists()
    assert [one.agrees for one in recounting.recount()] == [True]
    broken = {one.number for one in invariants.check(now=timezone.now()) if not one.holds}
    assert broken <= {"I4"}  # their mails are due since the days that are played


def test_afterwards_it_says_which_were_fakes_and_what_became_of_them() -> None:
    run()
    forged = Signature.objects.filter(held_because="notable name").first()
    assert forged is not None
    decide(forged, "removed")
    told = run(tell=True)
    line = f"/admin/signatures/signature/{forged.pk}/change/  removed    forged names"
    assert line in told.splitlines()
    (share,) = [one for one in told.splitlines() if one.endswith(" forged names") and one[0] == " "]
    assert share.split()[:5] == ["3", "2", "1", "0", "3"]
    assert len([one for one in told.splitlines() if one.startswith("/admin/")]) == 24


@pytest.mark.parametrize("other", [{"seed": 2}, {"letter": "nowhere"}])
def test_with_other_numbers_it_says_so(other: dict[str, Any]) -> None:
    run()
    with pytest.raises(CommandError, match="the same"):
        run(tell=True, **other)


def test_a_letter_that_is_there_is_not_filled() -> None:
    make_letter(slug="practice")
    with pytest.raises(CommandError, match="already"):
        run()
    assert not Signature.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"DEBUG": False}, "not for development"), ({"MAILBOX_DIR": ""}, "EMAIL_URL")],
)
def test_a_real_site_is_refused(settings: Any, wrong: dict[str, Any], said: str) -> None:
    for name, value in wrong.items():
        setattr(settings, name, value)
    with pytest.raises(CommandError, match=said):
        run()
    assert not Letter.objects.exists()


def test_there_are_no_more_fakes_than_people() -> None:
    with pytest.raises(CommandError, match="more --fakes"):
        run(signatures=5, number=6)
