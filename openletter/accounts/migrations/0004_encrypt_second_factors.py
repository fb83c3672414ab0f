"""Encrypt the secrets of authenticator apps, and what recovery codes are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from cryptography.fernet import InvalidToken
from django.db import migrations

from openletter.lib import crypto


def _is_encrypted(text: str) -> bool:
    try:
        crypto.decrypt(text)
    except InvalidToken:
        return False
    return True


def _encrypted(text: str) -> str:
    return text if _is_encrypted(text) else crypto.encrypt(text)


def _decrypted(text: str) -> str:
    return crypto.decrypt(text) if _is_encrypted(text) else text


def _change(apps: Any, change: Callable[[str], str]) -> None:
    for row in apps.get_model("mfa", "Authenticator").objects.select_for_update():
        row.data = {**row.data, **dict(_changed(row.data, change))}
        row.save(update_fields=["data"])


def _changed(data: dict[str, Any], change: Callable[[str], str]) -> Iterator[tuple[str, object]]:
    for name in ("secret", "seed"):
        if isinstance(data.get(name), str):
            yield name, change(data[name])
    if "migrated_codes" in data:
        yield "migrated_codes", [change(code) for code in data["migrated_codes"]]


def encrypt(apps: Any, schema_editor: object) -> None:
    _change(apps, _encrypted)


def decrypt(apps: Any, schema_editor: object) -> None:
    _change(apps, _decrypted)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_count_tries"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(encrypt, decrypt)]
