"""No page is wider than a small screen, whatever the letter is called and whoever signs it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Visits
from tests.e2e.steps import my_link
from tests.live.people import Person, somebody
from tests.live.site import DEMO, LiveSite

pytestmark = pytest.mark.e2e
WORD = "Rindfleischetikettierungsüberwachungsaufgabe"  # 44 letters
PREFIXES = ("", "/de")
_LINES = """it => {
  const range = document.createRange();
  range.selectNodeContents(it);
  return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
}"""
# A letter whose title, text, names and comments are single words, changed once.
_LETTER = """
from django.utils import timezone
from openletter.letters import publishing
from tests.factories import make_letter, make_published, make_update
word = {word!r}
texts = {{language: (word, 2 * word) for language in ("en", "de")}}
letter = make_letter(slug={slug!r}, texts=texts, asks_comment=True, sender_name=word)
make_published(letter, name=word, title=word, affiliation=word, comment=2 * word)
version = publishing.begin_version(letter_id=letter.pk, reason=word)
version.translations.all().delete()
for language in ("en", "de"):
    publishing.write_text(
        version=version, language=language, title=word + "x", addressee=word, markdown=3 * word
    )
publishing.publish_version(version_id=version.pk, actor_id=None, now=timezone.now())
make_update(letter, texts={{"en": (word, word)}})
"""


@pytest.fixture(scope="module", params=PREFIXES)
def addresses(site: LiveSite, request: pytest.FixtureRequest) -> dict[str, str]:
    """Return the pages of such a letter, and those of somebody who signed it."""
    prefix = request.param
    slug = f"one-long-word{prefix.replace('/', '-')}"
    site.manage_shell(_LETTER.format(word=WORD, slug=slug))
    person = Person(WORD, f"{'x' * 50}{somebody().email}")
    inbox = site.sign(person, letter=slug, prefix=prefix)
    mail = site.mail_to(person)
    waiting = site.signed_mail(somebody(), letter=slug, prefix=prefix)
    thanks = site.confirm(mail)
    mine = my_link(site, person)
    return {
        "home": f"{prefix}/",
        "letter": f"{prefix}/{slug}/",
        "form": f"{prefix}/{slug}/sign/",
        "signatories": f"{prefix}/{slug}/signatures/",
        "updates": f"{prefix}/{slug}/updates/",
        "update": f"{prefix}/{slug}/updates/1/",
        "versions": f"{prefix}/{slug}/versions/",
        "numbers": f"{prefix}/{slug}/numbers/",
        "version": f"{prefix}/{slug}/versions/1/",
        "changes": f"{prefix}/{slug}/versions/2/changes/",
        "privacy": f"{prefix}/{slug}/privacy/",
        "send my link": f"{prefix}/{slug}/my-signature/",
        "inbox": inbox,
        "form again": inbox.replace("/inbox/", "/form/"),
        "confirm": waiting.link,
        "signed": thanks,
        "my signature": mine,
        "correct": f"{mine}correct/",
        "withdraw": f"{mine}withdraw/",
        "erase": f"{mine}erase/",
    }


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("width", [320, 360, 390])
def test_the_number_at_the_foot_of_the_screen_breaks_no_word(
    visit: Visits, prefix: str, width: int
) -> None:
    page = visit(viewport={"width": width, "height": 640})
    page.goto(f"{prefix}/{DEMO}/")
    for count in (None, "1.234.567"):
        if count:
            page.locator(".tally .number__count").evaluate(
                "(it, text) => it.textContent = text", count
            )
        for part in (".number__label", ".number__count"):
            assert page.locator(f".tally {part}").evaluate(_LINES) == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator(".tally__button").evaluate("it => it.scrollWidth <= it.clientWidth")


def test_no_page_is_wider_than_320_pixels(
    visit: Visits, addresses: dict[str, str], subtests: pytest.Subtests
) -> None:
    page = visit(viewport={"width": 320, "height": 640})
    for name, address in addresses.items():
        with subtests.test(name):
            answer = page.goto(address)
            assert answer
            assert answer.status == 200
            assert page.evaluate("document.documentElement.scrollWidth") <= 320
            assert sticking_out(page) == []


def sticking_out(page: Page) -> list[str]:
    """Return what of a page lies outside of the screen, where a clip may hide it."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("main *, header *, footer *")]
            .filter((one) => !one.closest(".visually-hidden, .visually-gone, .skip-link"))
            .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
            .map((one) => `${one.tagName} ${one.className}`)"""
    )
    return found
