"""Every sentence that people see, in every language: complete, compiled, and really shown."""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import polib  # type: ignore[import-untyped]
import pytest
from django.conf import settings
from django.template.base import Lexer, TokenType
from django.test import Client
from django.utils import translation
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

from dev import messages
from openletter.letters.models import Letter
from openletter.letters.queries.letters import LetterView
from openletter.lib import tokens
from openletter.mail.models import OutgoingMail
from openletter.mail.outbox.messages import compose
from openletter.signatures import error_pages, judgement
from openletter.signatures.inbox import typed_form
from openletter.signatures.models import Signature
from runner.locations import ROOT
from tests.conftest import form_for
from tests.factories import make_letter, make_published, make_signature, make_version

LANGUAGES = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
in_every_language = pytest.mark.parametrize("language", LANGUAGES)

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
TAG = re.compile(r"</?[a-z][^<>]*>")


@cache
def catalogue(language: str) -> polib.POFile:
    return messages.load(messages.po_file(messages.LOCALE, to_locale(language)))


def forms(entry: polib.POEntry) -> list[tuple[str, str]]:
    """Return each wording of a message beside the source it translates."""
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgstr)]
    one, *more = (text for _index, text in sorted(entry.msgstr_plural.items()))
    return [(entry.msgid, one), *((entry.msgid_plural, text) for text in more)]


# --- The catalogues -----------------------------------------------------------------------------


def test_every_language_of_the_site_has_a_catalogue_and_no_other() -> None:
    assert set(messages.catalogues()) == {to_locale(code) for code in LANGUAGES}


@in_every_language
def test_every_message_is_translated(language: str) -> None:
    assert [entry.msgid for entry in catalogue(language).untranslated_entries()] == []


@in_every_language
def test_no_translation_is_a_guess_of_gettext(language: str) -> None:
    assert [entry.msgid for entry in catalogue(language).fuzzy_entries()] == []


@in_every_language
def test_every_plural_form_is_there(language: str) -> None:
    rule = catalogue(language).metadata["Plural-Forms"]
    wanted = set(range(int(rule.partition("nplurals=")[2].partition(";")[0])))
    plurals = [entry for entry in catalogue(language) if entry.msgid_plural]
    assert plurals
    assert [entry.msgid for entry in plurals if set(entry.msgstr_plural) != wanted] == []


@in_every_language
def test_translations_hold_the_placeholders_of_their_source(language: str) -> None:
    wrong = []
    for entry in catalogue(language):
        for source, text in forms(entry):
            wanted, found = set(PLACEHOLDER.findall(source)), set(PLACEHOLDER.findall(text))
            # "One day" needs no number; every other form does.
            spelled_out = entry.msgid_plural and source == entry.msgid and found < wanted
            if found != wanted and not spelled_out:
                wrong.append(text)
    assert wrong == []


@in_every_language
def test_translations_hold_the_tags_of_their_source(language: str) -> None:
    pairs = [pair for entry in catalogue(language) for pair in forms(entry)]
    wrong = [text for source, text in pairs if TAG.findall(source) != TAG.findall(text)]
    assert wrong == []


@in_every_language
def test_the_compiled_catalogue_is_what_its_source_compiles_to(language: str) -> None:
    compiled = messages.po_file(messages.LOCALE, to_locale(language)).with_suffix(".mo")
    assert compiled.read_bytes() == catalogue(language).to_binary(), "run: ./run messages"


def test_german_has_its_own_quotation_marks() -> None:
    texts = [TAG.sub("", text) for entry in catalogue("de") for _source, text in forms(entry)]
    assert [text for text in texts if text.count("„") != text.count("“")] == []
    assert [text for text in texts if re.search("[\"”']", text)] == []


# --- The sources --------------------------------------------------------------------------------

CALLS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), 0),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), 0),
    **dict.fromkeys(("pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"), 1),
}
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.*") if path.is_file())
# These two exist in development only.
ENGLISH_ONLY = {"operations/mailbox.html", "operations/mail.html"}


def marked_in_python() -> Iterator[str]:
    for path in (ROOT / "openletter").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                place = CALLS.get(name)
                words = node.args[place] if place is not None and len(node.args) > place else None
                if isinstance(words, ast.Constant) and isinstance(words.value, str):
                    yield words.value


def marked_in_templates() -> Iterator[str]:
    text = r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'"""
    call = re.compile(rf"\b(?:_|n?gettext|(n?pgettext))\(\s*u?({text})(?:\s*,\s*u?({text}))?")
    for path in TEMPLATES:
        for has_context, first, second in call.findall(templatize(path.read_text("utf-8"))):
            yield str(ast.literal_eval(second if has_context else first))


@in_every_language
def test_the_catalogue_holds_the_sentences_of_the_sources_and_no_others(language: str) -> None:
    marked = {*marked_in_python(), *marked_in_templates()}
    listed = {entry.msgid for entry in catalogue(language)}
    assert (marked - listed, listed - marked) == (set(), set()), "run: ./run messages"


@pytest.mark.slow
@pytest.mark.skipif(not messages.has_gettext(), reason="GNU gettext is not installed")
def test_collecting_the_sentences_again_changes_nothing() -> None:
    committed = {name: path.read_text("utf-8") for name, path in messages.catalogues().items()}
    collected = {name: f"{found}\n" for name, found in messages.collect([]).items()}
    assert collected == committed, "run: ./run messages"


def words_outside_translation_tags(source: str) -> list[str]:
    shown, depth = "", 0
    source = re.sub(r"{% block body_class %}.*?{% endblock %}", "", source)  # names a style
    for token in Lexer(source).tokenize():
        if token.token_type is TokenType.TEXT and not depth:
            shown += token.contents
        elif token.token_type is TokenType.BLOCK:
            name = token.contents.split()[0]
            depth += name in {"blocktranslate", "comment"}
            depth -= name in {"endblocktranslate", "endcomment"}
    spoken = re.findall(r'\b(?:alt|title|aria-label|placeholder)="([^"]*)"', shown)
    shown = re.sub(r"<style>.*?</style>", " ", shown, flags=re.DOTALL)  # of a picture
    text = " ".join([re.sub(r"<[^>]*>", " ", shown), *spoken])
    return re.findall(r"[^\W\d_]{2,}", html.unescape(text))


def test_no_word_stands_in_a_template_outside_a_translation_tag() -> None:
    wrong = {}
    for path in TEMPLATES:
        name = path.relative_to(ROOT / "templates").as_posix()
        words = words_outside_translation_tags(path.read_text(encoding="utf-8"))
        if words and name not in ENGLISH_ONLY:
            wrong[name] = words
    assert wrong == {}


# --- What people see ----------------------------------------------------------------------------


@cache
def patterns(language: str) -> list[re.Pattern[str]]:
    """Return every sentence of two words or more that only this language has, to find it."""
    found = []
    for entry in catalogue("de"):
        for source, text in forms(entry):
            words = source if language == "en" else text
            if source != text and len(PLACEHOLDER.sub("", words).split()) > 1:
                parts = [re.escape(part) for part in PLACEHOLDER.split(words)]
                found.append(re.compile("[^<>]{0,99}?".join(parts)))
    return found


def said_in(language: str, page: str) -> list[str]:
    shown = html.unescape(page)
    return [match[0] for pattern in patterns(language) if (match := pattern.search(shown))]


def english_in(page: str) -> list[str]:
    return said_in("en", page)


@pytest.fixture
def german(db: None) -> Letter:
    """A letter in both languages and two versions, with every kind of name under it."""
    items = "- 1\n- 2\n- 3\n"
    texts = {"en": ("Letter", f"{items}Listen."), "de": ("Brief", f"{items}Hört zu.")}
    letter = make_letter(texts=texts, goal=2000, asks_comment=True)
    make_published(letter, first_position=1, kind=Signature.Kind.ORGANISATION)
    make_published(letter, comment="Ja.")
    make_published(letter, show_name=False)
    make_version(letter, reason="1 : 0", en=f"{items}- Listen.", de=f"{items}- Hört zu.")
    return letter


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [
        *("/", "/{}/", "/{}/signatures/", "/{}/signatures/?after=1", "/{}/sign/", "/{}/versions/"),
        "/{}/numbers/",
        *("/{}/versions/1/", "/{}/versions/2/", "/{}/versions/2/changes/"),
    ],
)
@pytest.mark.parametrize("state", [Letter.State.OPEN, Letter.State.CLOSED])
def test_a_page_is_all_in_the_language_of_its_address(
    client: Client, german: Letter, path: str, state: Letter.State
) -> None:
    Letter.objects.update(state=state)
    address = path.format(german.slug)
    in_german = client.get(f"/de{address}").content.decode()
    in_english = client.get(address).content.decode()
    assert (english_in(in_german), said_in("de", in_english)) == ([], [])
    assert ('lang="de"' in in_german, 'lang="en"' in in_english) == (True, True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "fields",
    [
        {"name": "", "email": "", "consent": ""},
        {"name": "=1+1", "email": "no address", "comment": "https://example.org"},
        {"email": "suzie@gmial.com"},
        {"name": "123", "email": "jürgen@example.org", "title": "e\u0301\u0302\u0303\u0304"},
        {"name": "x" * 101, "affiliation": "\u202e", "kind": "x", "country": "x"},
        {"name": "x" * 999, "email": "x" * 999, "comment": "x" * 999},
        {"form_token": "x"},
        {"website": "x"},
    ],
)
def test_errors_in_the_form_are_told_in_german(
    client: Client, german: Letter, fields: dict[str, str]
) -> None:
    sent = client.post(f"/de/{german.slug}/sign/", form_for(german, **fields))
    page = sent.content.decode()
    assert (sent.status_code, "Bitte" in page) == (422, True)
    assert english_in(page) == []


@pytest.mark.slow
def test_every_step_of_confirming_is_in_german(client: Client, german: Letter) -> None:
    attempt = make_signature(german, language="de", comment="Ja.")
    inbox = typed_form.inbox_token(attempt.public_id, german.public_id)
    confirm = tokens.make("confirm", attempt.public_id, generation=0)
    pages = [
        client.get(f"/de/s/{inbox}/inbox/"),
        client.get(f"/de/s/{inbox}/inbox/?again=1"),
        client.post(f"/de/s/{inbox}/code/", {"code": "1"}),
        *(client.post(f"/de/s/{inbox}/code/", {"code": "000000"}) for _try in range(6)),
        client.get(f"/de/s/{confirm}/confirm/"),
        client.post(f"/de/s/{confirm}/confirm/", follow=True),
        client.get(f"/de/s/{confirm}/confirm/"),
        client.get("/de/s/nonsense/confirm/"),
        client.post(f"/de/s/{confirm}/confirm/", headers={"Sec-Fetch-Site": "cross-site"}),
        client.get("/de/nothing/here/"),
    ]
    assert [english_in(page.content.decode()) for page in pages] == [[]] * len(pages)


@pytest.mark.slow
@pytest.mark.parametrize(
    "why",
    [
        judgement.SignedAlready,
        judgement.LetterClosed,
        judgement.LinkExpired,
        judgement.NoLongerValid,
    ],
)
def test_reasons_not_to_confirm_are_told_in_german(
    rf: Any, german: Letter, why: type[judgement.Refused]
) -> None:
    attempt = make_signature(german)
    letter = LetterView(attempt.translation, attempt.asked_at)
    with translation.override("de"):
        page = error_pages.refused(rf.get("/de/"), letter, attempt, why()).content.decode()
    assert english_in(page) == []


@pytest.mark.parametrize("state", ["pending", "published"])
def test_mails_are_in_the_language_in_which_somebody_signed(
    client: Client, german: Letter, state: str
) -> None:
    if state == "published":
        make_published(german, email="suzie@example.org")
    client.post(f"/de/{german.slug}/sign/", form_for(german))
    asked = OutgoingMail.objects.filter(
        kind__in=("signatures.confirm", "signatures.signed_already")
    )
    message = compose(asked.latest("pk"))
    assert message is not None
    parts = (message.subject, message.body, message.alternatives[0][0])
    said = "\n".join(str(part) for part in parts)
    assert "Unterschrift" in said
    assert english_in(said) == []
