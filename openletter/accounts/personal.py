"""What we hold about the people who run letters."""

from __future__ import annotations

from openletter.lib.personal import Declaration, Held, impersonal

FIELDS: dict[str, Declaration] = {
    "User": {
        "email": Held("e-mail address to log in with"),
        "first_name": Held("first name"),
        "last_name": Held("last name"),
        "password": Held("password, hashed"),
        "last_login": Held("time of the last login"),
        "date_joined": Held("time the account was made"),
        **impersonal("id", "is_superuser", "is_staff", "is_active"),
    },
}
