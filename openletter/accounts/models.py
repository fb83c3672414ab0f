"""The people who run letters. Signers have no account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from openletter.accounts import second_factors
from openletter.lib.ids import uuid7


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Find who logs in, however the address is typed."""
        return self.get(email=(username or "").strip().lower())

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """Logs in by e-mail address; has no username."""

    username = None  # type: ignore[assignment]  # Django's way to take a field away
    # What others know a user by: a mail that is owed says only this of whom it is about.
    public_id = models.UUIDField(
        default=uuid7, db_default=RandomUUID(), unique=True, editable=False
    )
    email = models.EmailField(_("e-mail address"), unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()  # type: ignore[misc,assignment]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_user_per_address"),
        ]

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        """Keep addresses as they are looked for: whoever makes an account may type it otherwise."""
        super().clean()
        self.email = self.email.strip().lower()

    def get_session_auth_hash(self) -> str:
        """Bind sessions to the second factor too: they end when it is set up or removed."""
        return f"{super().get_session_auth_hash()}.{second_factors.of(self) or 'none'}"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        factor = second_factors.of(self) or "none"
        for former in super().get_session_auth_fallback_hash():
            yield f"{former}.{factor}"


class Team(models.Model):
    """People of an organisation who run letters; a letter belongs to one team, or to none."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(
        _("name"),
        max_length=120,
        help_text=_("Only those who work at this site read it, and those whom the team invites."),
    )
    made_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """Somebody in a team, and what they may do with its letters (`TEAM_ROLES` in access.py)."""

    class Role(models.TextChoices):
        VIEWER = "viewer", _("viewer")
        MODERATOR = "moderator", _("moderator")
        ORGANISER = "organiser", _("organiser")
        OWNER = "owner", _("owner")

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    joined_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="one_role_in_a_team")]

    def __str__(self) -> str:
        return f"membership {self.pk}"


class KnownNetwork(models.Model):
    """A network from which somebody logged in: strangers do not use up its tries (T54)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    network_key = models.BinaryField(max_length=32)
    last_used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "network_key"], name="a_network_is_known_once_to_an_account"
            )
        ]

    def __str__(self) -> str:
        return f"network {self.pk}"


class UsedCode(models.Model):
    """A code of an authenticator app that opened an account and opens it no more (T54)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    code_key = models.BinaryField(max_length=32)
    used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "code_key"], name="a_code_is_used_once")
        ]

    def __str__(self) -> str:
        return f"code {self.pk}"
