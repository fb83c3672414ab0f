"""`./run manage read-bounces`: apply what came back to BOUNCE_ADDRESS."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from openletter.lib.db import clock
from openletter.mail.feedback import bounce_messages, mailbox_readers


class Command(BaseCommand):
    help = "Reads the unread mails of BOUNCE_MAILBOX and applies the bounces that they report."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "mailbox",
            nargs="?",
            default="",
            help="the path of a Maildir, instead of BOUNCE_MAILBOX; passwords belong there",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        mailbox = options["mailbox"] or settings.BOUNCE_MAILBOX
        if not mailbox:
            raise CommandError("BOUNCE_MAILBOX is not set: there is no mailbox to read.")
        try:
            counts = bounce_messages.apply_all(mailbox_readers.unread(mailbox), now=clock.now())
        except mailbox_readers.CannotRead as problem:
            raise CommandError(f"BOUNCE_MAILBOX cannot be read: {problem}.") from None
        except OSError as problem:
            raise CommandError(f"BOUNCE_MAILBOX: {type(problem).__name__}.") from None
        self.stdout.write(f"{counts.total()} mails read")
        for found in bounce_messages.Found:
            if counts[found]:
                self.stdout.write(f"  {counts[found]:>6} {found}")
