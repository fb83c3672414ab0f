"""Encrypted fields and look-up keys: unreadable in the database, and alive when keys change."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.db import connection

from openletter.letters.models import Letter
from openletter.lib import crypto
from openletter.signatures.models import Signature
from tests.factories import make_signature

FIRST, SECOND, THIRD = (Fernet.generate_key().decode() for _ in range(3))
NEW_SECRET = "another-key-another-key-another-key-another-key"


def test_what_was_encrypted_is_read_again() -> None:
    assert crypto.decrypt(crypto.encrypt("suzie@bücher.example")) == "suzie@bücher.example"


def test_equal_addresses_are_not_stored_alike() -> None:
    assert crypto.encrypt("suzie@example.org") != crypto.encrypt("suzie@example.org")


def test_a_new_key_is_put_in_front_and_the_old_one_still_reads(settings: Any) -> None:
    settings.ENCRYPTION_KEYS = [FIRST]
    stored = crypto.encrypt("suzie@example.org")
    settings.ENCRYPTION_KEYS = [SECOND, FIRST]
    assert crypto.decrypt(stored) == "suzie@example.org"


def test_the_first_key_encrypts(settings: Any) -> None:
    settings.ENCRYPTION_KEYS = [SECOND, FIRST]
    stored = crypto.encrypt("suzie@example.org")
    assert Fernet(SECOND).decrypt(stored) == b"suzie@example.org"


def test_a_key_that_was_dropped_reads_nothing_more(settings: Any) -> None:
    settings.ENCRYPTION_KEYS = [FIRST]
    stored = crypto.encrypt("suzie@example.org")
    settings.ENCRYPTION_KEYS = [SECOND, THIRD]
    with pytest.raises(InvalidToken):
        crypto.decrypt(stored)


def test_what_was_stored_before_encryption_keys_were_set_is_still_read(settings: Any) -> None:
    stored = crypto.encrypt("suzie@example.org")
    settings.ENCRYPTION_KEYS = [FIRST]
    assert crypto.decrypt(stored) == "suzie@example.org"


def test_without_encryption_keys_the_secret_key_may_change_while_the_old_one_is_kept(
    settings: Any,
) -> None:
    stored = crypto.encrypt("suzie@example.org")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW_SECRET, [settings.SECRET_KEY]
    assert crypto.decrypt(stored) == "suzie@example.org"


def test_a_look_up_key_of_its_own_outlives_a_change_of_the_secret_key(settings: Any) -> None:
    settings.LOOKUP_KEY = "a-key-for-looking-up-a-key-for-looking-up"
    before = crypto.lookup_key("email", "suzie@example.org")
    settings.SECRET_KEY = NEW_SECRET
    assert crypto.lookup_key("email", "suzie@example.org") == before


def test_a_look_up_key_depends_on_key_purpose_and_value(settings: Any) -> None:
    keys = [
        crypto.lookup_key("email", "suzie@example.org"),
        crypto.lookup_key("email", "sam@example.org"),
        crypto.lookup_key("phone", "suzie@example.org"),
    ]
    settings.LOOKUP_KEY = "a-key-for-looking-up-a-key-for-looking-up"
    keys.append(crypto.lookup_key("email", "suzie@example.org"))
    assert len(set(keys)) == 4


def stored(column: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM signatures_signature")
        (value,) = cursor.fetchone()
    return bytes(value).hex() if column == "email_key" else str(value)


@pytest.mark.django_db
def test_the_database_holds_no_readable_address() -> None:
    signature = make_signature(email="suzie@example.org")
    assert signature.email == Signature.objects.get().email == "suzie@example.org"
    for column in ("email", "email_key"):
        assert "suzie" not in stored(column)
        assert b"suzie".hex() not in stored(column)


@pytest.mark.django_db
def test_a_row_that_no_key_reads_says_which_settings_to_look_at(
    settings: Any, letter: Letter
) -> None:
    make_signature(letter)
    settings.SECRET_KEY = NEW_SECRET
    with pytest.raises(InvalidToken, match=r"SECRET_KEY or ENCRYPTION_KEYS"):
        Signature.objects.get()


@pytest.mark.django_db
def test_an_address_that_was_erased_stays_empty() -> None:
    make_signature()
    Signature.objects.update(email="")
    assert stored("email") == ""
    assert Signature.objects.get().email == ""
