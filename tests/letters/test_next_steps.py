"""What the pages of letters and versions offer: what can be done next, and nothing else."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from openletter.letters.models import Letter
from tests.factories import log_in, make_letter

pytestmark = pytest.mark.django_db
LETTERS = "/admin/letters/letter/"
VERSIONS = "/admin/letters/textversion/"


def acts(desk: Client, letter: Letter) -> set[str]:
    shown = desk.get(f"{LETTERS}{letter.pk}/change/").content.decode()
    return set(re.findall(r'name="_act" value="(\w+)"', shown)) & set(Letter.State.values)


def test_a_letter_is_offered_what_its_state_lets_it_become() -> None:
    desk = log_in()
    written = make_letter(state=Letter.State.DRAFT)
    unwritten = Letter.objects.create(slug="unwritten", sender_name="The Initiative")
    assert acts(desk, unwritten) == set()
    assert acts(desk, written) == {"open"}
    Letter.objects.update(state="open")
    assert acts(desk, written) == {"closed", "archived"}


def test_a_version_that_is_complete_offers_the_next_step_and_nothing_to_save() -> None:
    desk = log_in()
    letter = make_letter(
        state=Letter.State.DRAFT, texts={"en": ("One", "Hear us."), "de": ("Eins", "Hört uns.")}
    )
    page = f"{VERSIONS}{letter.versions.get().pk}/change/"
    shown = desk.get(page).content.decode()
    assert 'name="_save"' not in shown
    assert f'href="{LETTERS}{letter.pk}/open/act/"' in shown
    Letter.objects.update(state="open")
    assert f'href="{LETTERS}{letter.pk}/open/act/"' not in desk.get(page).content.decode()


def test_a_version_that_lacks_a_language_can_still_get_it() -> None:
    version = make_letter().versions.get()
    assert 'name="_save"' in log_in().get(f"{VERSIONS}{version.pk}/change/").content.decode()
