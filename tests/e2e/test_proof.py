"""The proof of work in a browser: unseen on a calm letter, solved by itself on one under attack."""

from __future__ import annotations

import re
from urllib.parse import parse_qs
from uuid import UUID

import pytest
from playwright.sync_api import Page, Request, expect

from openletter.letters.models import Letter
from openletter.signatures.abuse import proof_of_work
from tests.e2e import steps
from tests.e2e.conftest import Visits
from tests.e2e.steps import PREFIXES, findings, tab_to
from tests.live.people import Person, somebody
from tests.live.site import LiveSite

pytestmark = pytest.mark.e2e

ASKING, CALM = "letter-under-attack", "calm-letter"
WORKER = re.compile(r"/static/vendor/altcha/pbkdf2\.[0-9a-f]+\.js$")
ASKED = "**/proof.json"
# What the row above the button says when it is solved.
SOLVED = {"en": "Verified", "de": "Überprüft"}


@pytest.fixture(scope="module", autouse=True)
def _letters(site: LiveSite) -> None:
    site.make_letter(ASKING, CALM)
    site.ask("UPDATE letters_letter SET asks_proof = true WHERE slug = %s", ASKING)


def open_and_fill_in(page: Page, person: Person) -> None:
    page.goto(f"/{ASKING}/")
    fill_in(page, person)


def fill_in(page: Page, person: Person) -> None:
    page.locator("#id_name").fill(person.name)
    page.locator("#id_email").fill(person.email)
    page.locator("#id_consent").check()


def expect_solved(page: Page, language: str = "en") -> None:
    expect(page.locator(".proof altcha-widget")).to_contain_text(SOLVED[language])
    expect(page.locator("#id_altcha")).not_to_have_value("")


def sent_proof(page: Page) -> str:
    """Press the button; return the proof that the form brought to the site."""
    with page.expect_request(is_form) as sending:
        steps.send(page)
    expect(page).to_have_url(steps.INBOX)
    return proof_in(sending.value)


def is_form(request: Request) -> bool:
    return request.method == "POST"


def proof_in(request: Request) -> str:
    return parse_qs(request.post_data or "", keep_blank_values=True)["altcha"][0]


def identity_of(site: LiveSite, payload: str, monkeypatch: pytest.MonkeyPatch) -> str | None:
    """Check a proof as the site itself does, with its key."""
    monkeypatch.setattr("django.conf.settings.SECRET_KEY", site.site.values["SECRET_KEY"])
    ((public_id,),) = site.ask("SELECT public_id FROM letters_letter WHERE slug = %s", ASKING)
    return proof_of_work.check(payload, Letter(public_id=UUID(str(public_id))))


def asked_for(page: Page) -> list[str]:
    """Collect the addresses that a page asks for from now on."""
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    return addresses


# --- When nothing is wanted ---------------------------------------------------------------------


def test_a_calm_letter_asks_once_and_loads_nothing(visit: Visits) -> None:
    page = visit()
    addresses = asked_for(page)
    page.goto(f"/{CALM}/", wait_until="networkidle")
    assert not any(address.endswith("proof.json") for address in addresses)
    with page.expect_response(ASKED):
        page.locator("#id_name").focus()
    fill_in(page, somebody())
    assert sent_proof(page) == ""
    assert sum(address.endswith("proof.json") for address in addresses) == 1
    assert not any("altcha" in address for address in addresses)


# --- When a proof is wanted ---------------------------------------------------------------------


def test_t05_the_form_of_a_letter_under_attack_brings_a_good_proof(
    site: LiveSite, visit: Visits, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, person = visit(), somebody()
    open_and_fill_in(page, person)
    expect_solved(page)
    assert identity_of(site, sent_proof(page), monkeypatch)
    assert site.mail_to(person).confirms


@pytest.mark.parametrize("language", PREFIXES)
def test_it_is_solved_without_a_mouse_and_axe_finds_nothing(visit: Visits, language: str) -> None:
    page = visit(color_scheme="light")
    page.goto(f"{PREFIXES[language]}/{ASKING}/")
    tab_to(page, page.locator("#id_name"))
    page.keyboard.type("Suzie")
    expect_solved(page, language)
    by_day = findings(page)
    page.emulate_media(color_scheme="dark")
    by_night = findings(page)
    assert not by_day + by_night, "\n".join(by_day + by_night)
    tab_to(page, page.locator(".proof input[type=checkbox]"))
    tab_to(page, page.locator("form[action$='/sign/'] .form__actions button"))


def test_whoever_unticks_the_box_gets_another_proof_when_sending(
    site: LiveSite, visit: Visits, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit()
    open_and_fill_in(page, somebody())
    expect_solved(page)
    first = page.locator("#id_altcha").input_value()
    page.locator(".proof input[type=checkbox]").press("Space")
    expect(page.locator("#id_altcha")).to_have_value("")
    second = sent_proof(page)
    identities = {identity_of(site, payload, monkeypatch) for payload in (first, second)}
    assert len(identities - {None}) == 2


def test_a_form_with_an_error_keeps_what_was_typed_and_gets_a_fresh_proof(
    site: LiveSite, visit: Visits, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, person = visit(), somebody()
    open_and_fill_in(page, Person(person.name, "no address"))
    expect_solved(page)
    first = page.locator("#id_altcha").input_value()
    steps.send(page)
    expect(page.locator("#error-summary-title")).to_be_focused()
    expect(page.locator("#id_name")).to_have_value(person.name)
    expect(page.locator("#id_altcha")).to_have_value("")
    page.locator("#id_email").fill(person.email)
    expect_solved(page)
    second = sent_proof(page)
    assert identity_of(site, second, monkeypatch) not in {
        None,
        identity_of(site, first, monkeypatch),
    }


def test_whoever_comes_back_to_sign_for_somebody_else_brings_another_proof(
    site: LiveSite, visit: Visits, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit()
    open_and_fill_in(page, somebody())
    first = sent_proof(page)
    page.go_back()
    expect(page.locator("#id_altcha")).to_have_value("")
    fill_in(page, somebody())
    second = sent_proof(page)
    identities = {identity_of(site, payload, monkeypatch) for payload in (first, second)}
    assert len(identities - {None}) == 2


def test_a_proof_that_ran_out_is_replaced_even_where_the_clock_is_wrong(
    site: LiveSite, visit: Visits, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit()
    page.clock.install()
    open_and_fill_in(page, somebody())
    expect_solved(page)
    # For the site no time has passed: from now on every challenge looks old to this browser.
    page.clock.fast_forward("25:00")
    expect(page.locator("#id_altcha")).to_have_value("")
    assert identity_of(site, sent_proof(page), monkeypatch)


# --- While it is being solved -------------------------------------------------------------------


def test_sending_waits_for_the_proof_and_happens_once(
    site: LiveSite, visit: Visits, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit()
    page.route(WORKER, lambda _route: None)  # held
    open_and_fill_in(page, somebody())
    posts: list[Request] = []
    page.on("request", lambda request: posts.append(request) if is_form(request) else None)
    steps.send(page)
    steps.send(page)
    expect(page.locator(".proof [role=status]")).to_contain_text("One moment")
    assert posts == []
    page.unroute(WORKER)  # lets go what was held, too
    expect(page).to_have_url(steps.INBOX)
    (form,) = posts
    assert identity_of(site, proof_in(form), monkeypatch)


def test_sending_does_not_wait_for_ever(visit: Visits) -> None:
    page = visit()
    page.clock.install()
    page.route(ASKED, lambda _route: None)  # never answered
    open_and_fill_in(page, somebody())
    steps.send(page)
    expect(page.locator(".proof [role=status]")).to_contain_text("One moment")
    page.clock.fast_forward(11_000)
    expect(page).to_have_url(steps.INBOX)


# --- Where it cannot be solved ------------------------------------------------------------------


def test_the_form_for_organisations_waits_for_no_proof(visit: Visits) -> None:
    page = visit()
    page.clock.install()  # so that no patience comes to its end
    page.route(ASKED, lambda _route: None)  # never answered
    page.clock.pause_at("2100-01-01")
    open_and_fill_in(page, somebody())
    page.locator(".form__switch").click()
    expect(page.locator("#id_represented_by")).to_be_visible()


def test_without_scripts_the_form_is_taken_all_the_same(visit: Visits) -> None:
    page = visit(java_script_enabled=False)
    open_and_fill_in(page, somebody())
    expect(page.locator(".proof")).to_be_hidden()
    assert sent_proof(page) == ""


def test_without_https_the_form_is_taken_all_the_same(visit: Visits) -> None:
    page = visit()
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    addresses = asked_for(page)
    open_and_fill_in(page, somebody())
    assert sent_proof(page) == ""
    assert not any(address.endswith("proof.json") for address in addresses)


@pytest.mark.parametrize("missing", [ASKED, "**/altcha.min.*.js", WORKER], ids=str)
def test_when_something_fails_to_load_the_form_is_taken_all_the_same(
    visit: Visits, missing: str | re.Pattern[str]
) -> None:
    page = visit()
    visit.watch_of(page).expected.append("net::ERR_FAILED")
    page.route(missing, lambda route: route.abort())
    open_and_fill_in(page, somebody())
    if missing != ASKED:
        expect(page.locator(".proof [role=status]")).to_contain_text("You can still sign")
    assert sent_proof(page) == ""
