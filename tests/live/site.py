"""A site of real processes and servers, in production mode, that lives as long as some tests."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg

from runner.environment import free_port, isolated
from runner.site import Site, start_site
from runner.throwaway import ThrowawayFolder
from tests.live.letterbox import Letterbox, Mail
from tests.live.people import Person
from tests.live.waiting import until

DEMO = "open-ai-openness"
FORM_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """What the site answered to one request."""

    status: int
    headers: Message
    text: str

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects)


class LiveSite:
    """A running site as people outside know it, and its database for what they cannot see."""

    def __init__(self, site: Site, letterbox: Letterbox) -> None:
        self.site = site
        self.letterbox = letterbox
        self.address = site.address

    # --- Over HTTP ------------------------------------------------------------------------------

    def request(
        self,
        path: str,
        fields: Mapping[str, str] | None = None,
        *,
        method: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request without cookies; follow no redirect. `fields` make it a form's POST."""
        body = urlencode(fields).encode() if fields is not None else None
        sent = {"Sec-Fetch-Site": "same-origin", **(headers or {})}
        url = path if path.startswith("http") else f"{self.address}{path}"
        return self.send(urllib.request.Request(url, data=body, headers=sent, method=method))  # noqa: S310

    def send(self, request: urllib.request.Request) -> Answer:
        """Send a request from where we are."""
        try:
            with _opener.open(request, timeout=30) as response:
                return Answer(response.status, response.headers, response.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read().decode())

    def sign(self, person: Person, *, letter: str = DEMO, prefix: str = "") -> str:
        """Send the form under a letter; return the address of the inbox page."""
        form_token = self.form_token(letter=letter, prefix=prefix)
        answer = self.send_form(person, form_token, letter=letter, prefix=prefix)
        assert answer.status == 302, f"not accepted: {answer.status}"
        return f"{self.address}{answer.location}"

    def form_token(self, *, letter: str = DEMO, prefix: str = "") -> str:
        page = self.request(f"{prefix}/{letter}/")
        form_token = FORM_TOKEN.search(page.text)
        assert form_token, f"there is no form under the letter ({page.status})"
        return form_token[1]

    def send_form(
        self, person: Person, form_token: str, *, letter: str = DEMO, prefix: str = ""
    ) -> Answer:
        """Send the form under a letter; return whatever the site answers."""
        fields = {
            "kind": "person",
            "name": person.name,
            "email": person.email,
            "show_name": "on",
            "consent": "on",
            "form_token": form_token,
        }
        return self.request(f"{prefix}/{letter}/sign/", fields)

    def signed_mail(self, person: Person, *, letter: str = DEMO, prefix: str = "") -> Mail:
        """Sign and return the mail that asks for the confirmation."""
        self.sign(person, letter=letter, prefix=prefix)
        return self.mail_to(person)

    def mail_to(self, person: Person, *, number: int = 1) -> Mail:
        """Return somebody's first, second, … mail once it has come and the site knows that."""
        mail = self.letterbox.wait_for(person, number=number)
        in_hand = "SELECT 1 FROM mail_outgoingmail WHERE state = 'due' AND lease_until IS NOT NULL"
        until(lambda: not self.ask(in_hand), "a worker with nothing in hand")
        return mail

    def confirm(self, mail: Mail) -> str:
        """Press the button behind a mail's link; return the address of the thanks."""
        answer = self.request(mail.link, {})
        assert answer.status == 302, f"not confirmed: {answer.status}"
        return f"{self.address}{answer.location}"

    # --- Behind it ------------------------------------------------------------------------------

    def ask(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Run one statement on the site's database and return its rows."""
        with psycopg.connect(self.site.values["DATABASE_URL"], connect_timeout=10) as connection:
            cursor = connection.execute(query.encode(), parameters)
            return cursor.fetchall() if cursor.description else []

    def count(self, letter: str = DEMO) -> int:
        """Return the number as the database holds it at this moment."""
        rows = self.ask(
            "SELECT people + organisations FROM ledger_tally"
            " JOIN letters_letter ON letters_letter.id = letter_id WHERE slug = %s",
            letter,
        )
        return int(rows[0][0]) if rows else 0

    def state_of(self, person: Person) -> str:
        """Return the state of somebody's only signature."""
        ((state,),) = self.ask(
            "SELECT state FROM signatures_signature WHERE name = %s", person.name
        )
        return str(state)

    def let_pass(self, *, days: int = 0, minutes: int = 0) -> None:
        """Move all that has happened into the past, as if this much time had gone by."""
        for table, columns in _TIMES.items():
            moved = ", ".join(f"{column} = {column} - %(time)s::interval" for column in columns)
            with psycopg.connect(self.site.values["DATABASE_URL"]) as connection:
                statement = f"UPDATE {table} SET {moved}"
                connection.execute(statement.encode(), {"time": f"{days} days {minutes} minutes"})

    def schedule_news(self, reader: Person) -> None:
        """Prepare news for one reader, on a letter of its own, that leave when they are released.

        Only the database is needed for that, so it may be done before something breaks.
        """
        self.manage_shell(
            _NEWS.format(slug=f"news-{free_port()}", email=reader.email, name=reader.name)
        )

    def release_news(self) -> None:
        """Let all news that are scheduled begin now: what is left is the workers' to do."""
        self.ask("UPDATE mailings_mailing SET starts_at = now() WHERE state = 'scheduled'")

    def news_to(self, reader: Person) -> list[Mail]:
        return [mail for mail in self.letterbox.to(reader) if mail.is_news]

    def manage_shell(self, code: str) -> None:
        """Run code beside the site, in an application of its own."""
        self.site.manage("shell", "-c", code)

    def make_letter(self, *slugs: str, changes: Sequence[tuple[str, str]] = ()) -> None:
        """Publish and open more letters in English and German, and then the changes of each."""
        self.manage_shell(_LETTERS.format(slugs=slugs, changes=list(changes)))

    def change_letter(self, slug: str, english: str, german: str) -> None:
        """Publish the next version of a letter's text."""
        self.manage_shell(
            "from openletter.letters.models import Letter\n"
            "from tests.factories import make_version\n"
            f"make_version(Letter.objects.get(slug={slug!r}), en={english!r}, de={german!r})"
        )


_LETTERS = """
from tests.factories import make_letter, make_version
english = ("A letter to sign", "Dear all,\\n\\nlisten.")
german = ("Ein Brief zum Unterzeichnen", "Liebe alle,\\n\\nhört zu.")
for slug in {slugs!r}:
    letter = make_letter(slug=slug, texts={{"en": english, "de": german}})
    for en, de in {changes!r}:
        make_version(letter, en=en, de=de)
"""
# Publishes a letter with one reader who wants news, and schedules some for the far future.
_NEWS = """
from datetime import timedelta
from django.utils import timezone
from openletter.mailings import flows
from tests.factories import make_letter, make_published, make_staff, make_update
now = timezone.now()
letter = make_letter(slug={slug!r})
make_published(letter, email={email!r}, name={name!r}, wants_updates=True)
staff = make_staff(letter.slug + "@example.org")
mailing = flows.prepare(update_id=make_update(letter).pk, actor_id=staff.pk)
later = now + timedelta(days=300)
flows.send(mailing_id=mailing.pk, starts_at=later, actor_id=staff.pk, now=now)
"""
_TIMES = {
    "mail_outgoingmail": ("first_due_at", "due_at", "lease_until", "sent_at"),
    "signatures_signature": ("created_at", "asked_at", "confirmed_at"),
    "letters_letter": ("opens_at", "closes_at"),
}


@contextmanager
def live_site(**settings: str) -> Iterator[LiveSite]:
    """Start a site with servers of its own and the demo letter; stop it and forget it all."""
    folder = ThrowawayFolder()
    try:
        environment = isolated(folder.path, port=free_port(), DEBUG="0", **settings)
        with start_site(environment) as site:
            mailbox = settings.get("MAILBOX_DIR") or site.values["MAILBOX_DIR"]
            try:
                yield LiveSite(site, Letterbox(Path(mailbox)))
            finally:
                # Nobody needs what it has in hand; to stop as tests/runner does would take seconds.
                for part in site.children.values():
                    part.kill()
                for server in site.servers.all():
                    server.kill()
    finally:
        folder.remove()
