"""A text has one address in each of its languages, and is not announced in others."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from openletter.letters import publishing
from tests.factories import make_draft, make_letter, make_update, make_version

pytestmark = pytest.mark.django_db
BOTH = {"en": ("One", "Hear us now."), "de": ("Eins", "Hört uns jetzt.")}
SITE = r"https?://[^/]+"


def head_of(client: Client, path: str) -> tuple[str, dict[str, str]]:
    """Return a page's canonical address and its address in each language that it announces."""
    page = client.get(path).content.decode()
    (canonical,) = re.findall(rf'<link rel="canonical" href="{SITE}([^"]+)">', page)
    found = rf'<link rel="alternate" hreflang="([a-z-]+)" href="{SITE}([^"]+)">'
    return canonical, dict(re.findall(found, page))


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/open-letter/", "/de/open-letter/"])
def test_a_letter_in_english_only_has_one_address(client: Client, path: str) -> None:
    make_letter(texts={"en": BOTH["en"]})
    assert head_of(client, path) == ("/open-letter/", {"en": "/open-letter/"})
    assert 'property="og:url" content="http://testserver' in client.get(path).content.decode()
    assert (
        "/de/open-letter/"
        not in re.findall(r'og:url" content="([^"]+)"', client.get(path).content.decode())[0]
    )


@pytest.mark.parametrize("path", ["/open-letter/", "/de/open-letter/"])
def test_a_letter_in_german_only_has_the_german_one(client: Client, path: str) -> None:
    make_letter(texts={"de": BOTH["de"]}, reference_language="de")
    assert head_of(client, path) == ("/de/open-letter/", {"de": "/de/open-letter/"})


def test_a_letter_in_both_languages_has_both(client: Client) -> None:
    make_letter(texts=BOTH)
    both = {"en": "/open-letter/", "de": "/de/open-letter/"}
    assert head_of(client, "/open-letter/") == ("/open-letter/", both)
    assert head_of(client, "/de/open-letter/") == ("/de/open-letter/", both)


def test_so_have_updates_and_versions(client: Client) -> None:
    letter = make_letter(texts=BOTH)
    version = make_draft(letter, en="Hear us all.")
    version.translations.filter(language="de").delete()
    publishing.publish_version(version_id=version.pk, actor_id=None, now=timezone.now())
    make_version(letter, en="Hear.")
    make_update(letter, texts={"en": ("News", "Good.")})
    for address in ("updates/1/", "versions/2/", "versions/2/changes/"):
        english = f"/open-letter/{address}"
        assert head_of(client, f"/de{english}") == (english, {"en": english}), address
    german = "/de/open-letter/versions/1/"
    assert head_of(client, german)[0] == german


@pytest.mark.parametrize("address", ["", "open-letter/signatures/", "open-letter/versions/"])
def test_pages_of_the_site_itself_are_there_in_every_language(client: Client, address: str) -> None:
    make_letter(texts={"en": BOTH["en"]})
    canonical, languages = head_of(client, f"/de/{address}")
    assert canonical == f"/de/{address}"
    assert set(languages) == {"en", "de"}
