"""Every field that we store is declared in its package's personal.py, and only those."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client

from openletter.letters.models import Letter
from openletter.lib.crypto import EncryptedTextField
from openletter.lib.personal import Declaration, Held
from openletter.privacy.registry import FIELDS_BY_PACKAGE
from openletter.signatures import signatory_list
from tests.factories import make_letter, make_published

MODELS = [model for model in apps.get_models() if model.__module__.startswith("openletter.")]
BY_NAME = {f"{model._meta.app_label}.{model.__name__}": model for model in MODELS}
DECLARED = {
    f"{package}.{name}": declaration
    for package, declarations in FIELDS_BY_PACKAGE.items()
    for name, declaration in declarations.items()
}


def undeclared(model: type[models.Model], declaration: Declaration) -> set[str]:
    return {field.name for field in model._meta.concrete_fields} - set(declaration)


def invented(model: type[models.Model], declaration: Declaration) -> set[str]:
    return set(declaration) - {field.name for field in model._meta.concrete_fields}


@pytest.mark.parametrize("name", BY_NAME)
def test_every_field_is_declared(name: str) -> None:
    assert undeclared(BY_NAME[name], DECLARED.get(name, {})) == set()


@pytest.mark.parametrize("name", DECLARED)
def test_nothing_is_declared_that_does_not_exist(name: str) -> None:
    assert name in BY_NAME
    assert invented(BY_NAME[name], DECLARED[name]) == set()


def test_a_new_field_that_nobody_declares_is_found() -> None:
    declaration = dict(DECLARED["signatures.Signature"])
    del declaration["comment"]
    declaration["shoe_size"] = Held("shoe size")
    signature = BY_NAME["signatures.Signature"]
    assert undeclared(signature, declaration) == {"comment"}
    assert invented(signature, declaration) == {"shoe_size"}


@pytest.mark.parametrize("name", BY_NAME)
def test_what_is_declared_encrypted_is_and_nothing_else(name: str) -> None:
    encrypted = {
        field.name
        for field in BY_NAME[name]._meta.concrete_fields
        if isinstance(field, EncryptedTextField)
    }
    said = {field for field, held in DECLARED[name].items() if held and held.encrypted}
    assert said == encrypted


def test_what_is_held_is_said_in_plain_words() -> None:
    for name, declaration in DECLARED.items():
        for field, held in declaration.items():
            if held is not None:
                assert held.what, f"{name}.{field}"
                assert not (held.public and held.encrypted), f"{name}.{field}"


SIGNATURE = DECLARED["signatures.Signature"]
PUBLIC = {field for field, held in SIGNATURE.items() if held and held.public}
IMPERSONAL = {field for field, held in SIGNATURE.items() if held is None}
# What decides over the order of names is public in effect, though no page prints it.
ORDER = {"first_position"}


def test_the_list_of_names_reads_what_is_public_and_nothing_else() -> None:
    assert set(signatory_list._SHOWN) - IMPERSONAL == PUBLIC - ORDER


@pytest.fixture
def told_apart(db: None) -> dict[str, str]:
    """A published signature with a word of its own in every field that holds words."""
    make_letter(asks_comment=True)
    words = {"name": "Nadja", "title": "Tischlerin", "affiliation": "Archiv", "comment": "Genau"}
    words["represented_by"] = "Petra"
    hidden = {
        "email": "geheim@example.org",
        "language": "xx-geheim",
        "consent": "geheim-consent",
        "held_because": "geheim-held",
    }
    make_published(Letter.objects.get(), country="IS", kind="organisation", **words, **hidden)
    return {**words, "country": "Iceland", "kind": "signature__kind"}


@pytest.mark.parametrize("path", ["/open-letter/", "/open-letter/signatures/"])
def test_public_pages_show_what_is_public_and_nothing_else(
    client: Client, told_apart: dict[str, Any], path: str
) -> None:
    page = client.get(path).content.decode()
    names_only = page[page.index('class="signatures"') :].partition("</ul>")[0]
    shown = {field for field, word in told_apart.items() if word in names_only}
    assert shown == PUBLIC - ORDER
    assert "geheim" not in page


@pytest.mark.parametrize("path", ["/", "/open-letter/count.json", "/open-letter/sign/"])
def test_pages_about_the_letter_show_nobody(
    client: Client, told_apart: dict[str, Any], path: str
) -> None:
    page = client.get(path).content.decode()
    assert not any(word in page for word in ("Nadja", "Tischlerin", "Archiv", "Genau", "geheim"))
