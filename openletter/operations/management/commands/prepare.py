"""./run calls this before it starts a site: tables, files, and in development the demo letter."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from openletter.accounts import roles
from openletter.accounts.models import User
from openletter.letters.models import Letter
from openletter.lib.db import clock, fitness
from openletter.pages import demo

# Of the lock that two machines share which start at the same time; any number.
ONE_AT_A_TIME = 0x70726570
DEMO_ADMIN = "admin@example.org"


class Command(BaseCommand):
    help = "Bring the database and the static files up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--development",
            action="store_true",
            help="also load the demo letter into an empty database and give the admin a password",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with fitness.alone(ONE_AT_A_TIME):
                is_new = self._see_to_the_sessions()
                self._migrate(options)
            if is_new:  # the session of the lock is from before; the pooler would hand it on
                fitness.end_idle_sessions()
        except fitness.Unfit as problem:
            raise CommandError(str(problem)) from problem
        if not settings.DEBUG:
            call_command("collectstatic", interactive=False, verbosity=0)

    def _migrate(self, options: dict[str, Any]) -> None:
        verbosity = 1 if options["verbosity"] > 1 else 0
        call_command("migrate", interactive=False, verbosity=verbosity)
        roles.ensure()
        if options["development"]:
            self._develop()

    def _see_to_the_sessions(self) -> bool:
        """Say whether the role has limits only now."""
        is_new = settings.DATABASE_POOLER and fitness.limit_role()
        if is_new:
            self.stdout.write("The role's sessions have time limits now.")
        fitness.insist_on_fitness()
        return is_new

    def _develop(self) -> None:
        if not Letter.objects.exists():
            demo.load(now=clock.now())
        letter = Letter.objects.public().order_by("created_at").first()
        if letter is not None:
            self.stdout.write(f"LETTER {letter.slug}")
        password = secrets.token_urlsafe(12)
        admin = User.objects.filter(email=DEMO_ADMIN).first()
        if admin is None:
            User.objects.create_superuser(DEMO_ADMIN, password)
        else:
            admin.set_password(password)
            admin.save(update_fields=["password"])
        self.stdout.write(f"ADMIN {DEMO_ADMIN} {password}")
