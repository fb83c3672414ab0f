"""The user model: an address instead of a name."""

from __future__ import annotations

import pytest

from openletter.accounts.models import User

pytestmark = pytest.mark.django_db


def test_a_user_has_an_address_and_no_username() -> None:
    user = User.objects.create_user(" Olive@Example.ORG ")
    assert (user.email, user.username) == ("olive@example.org", None)
    assert not user.has_usable_password()
    assert not user.is_staff


def test_a_superuser_may_enter_the_desk() -> None:
    user = User.objects.create_superuser("olive@example.org")
    assert user.is_staff
    assert user.is_superuser
