"""Every code that staff may meet is said in words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client

from openletter.letters.models import Letter
from openletter.moderation.audit_words import ACTIONS, OBJECTS, of_facts
from openletter.moderation.models import AuditEntry
from openletter.moderation.rules import RULES
from openletter.signatures import held_reasons
from openletter.signatures.abuse import flags
from openletter.signatures.models import Signature
from tests.factories import log_in, make_published, make_signature, make_version

# The columns whose codes the record may hold, and the codes that it says in fewer words.
CODED = {"state", "kind", "verdict", "cause", "policy"}
SHORTER = {"draft", "network", "domain", "address", "trust", "hold"}
PACKAGE = Path(settings.BASE_DIR) / "openletter"
# Words that make an action of a state: f"{to.value} letter".
STATES = {
    "letter": {
        state.value for state in (Letter.State.OPEN, Letter.State.CLOSED, Letter.State.ARCHIVED)
    },
    "signature": {"published", "held", "removed"},
}


def calls() -> Iterator[ast.Call]:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield node


def constants(node: ast.expr) -> set[str]:
    """Return the texts that an expression can be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return constants(node.body) | constants(node.orelse)
    if isinstance(node, ast.JoinedStr):
        (what,) = (part.value for part in node.values if isinstance(part, ast.Constant))
        kind = str(what).strip()
        return {f"{state} {kind}" for state in STATES[kind]}
    return set()


def recorded(keyword: str) -> set[str]:
    """Return every value that `audit.record`, or a helper that calls it, is given."""
    found: set[str] = set()
    for call in calls():
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        name = call.func.id if isinstance(call.func, ast.Name) else name
        if name in {"record", "take_back", "_move"}:
            for one in call.keywords:
                if one.arg == keyword:
                    found |= constants(one.value)
        elif name in {"_record", "record_act", "_record_retry"} and keyword == "action":
            for argument in call.args:
                found |= {text for text in constants(argument) if " " in text}
    return found


def test_every_action_is_said_in_words() -> None:
    found = recorded("action")
    assert {"publish version", "published signature", "correct signature"} <= found
    assert found - set(ACTIONS) == set()


def test_every_kind_of_object_is_said_in_words() -> None:
    assert recorded("object_kind") - set(OBJECTS) == set()


def test_every_reason_to_hold_is_said_in_words() -> None:
    reasons = set(held_reasons.all_reasons())
    assert {rule.REASON for rule in RULES} | set(flags.HOLDING) <= reasons
    assert held_reasons.in_words("of a later version") == "of a later version"


def test_every_state_is_said_in_words_and_in_one_way() -> None:
    said: dict[str, set[str]] = {}
    for model in apps.get_models():
        if model.__module__.startswith("openletter."):
            for field in model._meta.fields:
                for code, label in field.flatchoices if field.name in CODED else ():
                    said.setdefault(code, set()).add(str(label))
    assert {"held", "published", "parked", "cancelled", "bounces", "trust"} <= set(said)
    for code, labels in said.items():
        word = of_facts({"state": code}).removeprefix("state: ")
        assert word in labels or code in SHORTER, code
        assert len(labels) == 1 or code in SHORTER, code


def test_facts_are_said_in_words() -> None:
    assert of_facts({"state": "held", "number": 3}) == "state: waiting for review, number: 3"
    assert of_facts({"languages": ["de", "en"], "x": None}) == "languages: de, en, x: nothing"


@pytest.mark.django_db
def test_the_record_is_shown_in_words(client: Client) -> None:
    make_version(Letter.objects.first() or make_signature().letter)
    desk = log_in()
    page = desk.get("/admin/moderation/auditentry/").content.decode()
    assert "published a version of the text" in page
    assert "publish version</a>" not in page
    entry = AuditEntry.objects.latest("pk")
    shown = desk.get(f"/admin/moderation/auditentry/{entry.pk}/change/").content.decode()
    assert "version: 2" in shown
    assert "<h2>published a version of the text</h2>" in shown


@pytest.mark.django_db
def test_signatures_are_listed_without_a_code() -> None:
    make_signature(state=Signature.State.HELD, held_because="letter is reviewed",
                   confirmed_at="2026-01-01T00:00Z", flags=["burst"])  # fmt: skip
    make_published()
    page = log_in().get("/admin/signatures/signature/").content.decode()
    assert "On this letter every signature is reviewed." in page
    assert "Many forms came from one network." in page
    assert ">letter is reviewed<" not in page


@pytest.mark.django_db
def test_mails_are_listed_by_what_they_are() -> None:
    make_published()
    page = log_in().get("/admin/mail/outgoingmail/").content.decode()
    assert "Confirmation that you signed" in page
    assert ">signatures.receipt<" not in page


@pytest.mark.django_db
def test_no_page_of_a_row_says_none() -> None:
    signature = make_published()
    make_version(signature.letter)
    desk = log_in()
    for address in (
        f"/admin/signatures/signature/{signature.pk}/change/",
        f"/admin/letters/letter/{signature.letter_id}/change/",
        f"/admin/moderation/auditentry/{AuditEntry.objects.latest('pk').pk}/change/",
    ):
        assert "None" not in desk.get(address).content.decode(), address
