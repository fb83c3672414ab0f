"""`./run manage remove-second-factor`: let somebody in again who lost app and recovery codes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from openletter.accounts import flows
from openletter.accounts.models import User
from openletter.lib.db import clock


class Command(BaseCommand):
    help = "Removes an account's second factor and ends its sessions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address that the account logs in with")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError("No account has this address. The admin lists them under Users.")
        flows.remove_second_factor(user_id=user.pk, actor_id=None, now=clock.now())
        then = (
            "asks for a new one"
            if settings.STAFF_NEEDS_SECOND_FACTOR
            else "takes the password only"
        )
        self.stdout.write(f"The second factor is removed; the next login {then}.")
