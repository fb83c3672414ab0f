"""What a moderator writes for the public stands beside the number that a sweep moved."""

from __future__ import annotations

import pytest
from django.test import Client

from openletter.letters.models import Letter
from openletter.statistics import following
from tests.factories import make_many
from tests.sweeps.steps import begin, found, undo, work

pytestmark = pytest.mark.django_db
NOTE = "A program had <sent> these."


def test_a_public_note_stands_with_the_correction_and_not_with_its_undoing(
    client: Client, letter: Letter
) -> None:
    make_many(letter, 11, email_domain="example.org")
    undo(work(begin(found(letter), public_note=NOTE)))
    following.follow()
    said = client.get("/open-letter/numbers.json").json()
    assert {one["kind"]: one["note"] for one in said["corrections"]} == {
        "removed": NOTE,
        "restored": "",
    }
    page = client.get("/open-letter/numbers/").content.decode()
    assert page.count("A program had &lt;sent&gt; these.") == 1
    assert "An earlier removal was undone." in page
    assert NOTE in client.get("/open-letter/numbers.csv").content.decode()
