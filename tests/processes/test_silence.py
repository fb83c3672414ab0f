"""I16: whatever happens, nothing that the site logs holds an address, a name, a token or a code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from dev.traces import Traces, codes_in, tokens_in
from tests.live.letterbox import Mail
from tests.live.people import Person
from tests.live.site import DEMO, LiveSite, live_site
from tests.live.waiting import until
from tests.processes import oracle
from tests.processes.relay import Relay

pytestmark = pytest.mark.processes
SUZIE = Person(name="Suzie Nebelwerk", email="Suzie.Sign+open@nebelwerk.example.org")
NOBODY = Person(name="Sam Nirgends", email="nobody@nirgends.example.org")
LATE = Person(name="Olive Spaeter", email="olive@spaeter.example.org")
STAFF = "mod@schreibtisch.example.org"


@pytest.fixture(scope="module")
def site(relay: Relay) -> Iterator[LiveSite]:
    """A site whose mails leave through our relay."""
    with live_site(WEB_PROCESSES="1", EMAIL_URL=relay.url, MAILBOX_DIR=str(relay.folder)) as site:
        yield site


def written_by(site: LiveSite) -> list[Path]:
    """Everything that the run wrote, but the database's own files."""
    var = site.site.environment.var
    files = [path for path in var.rglob("*") if path.is_file() and "postgres" not in path.parts]
    assert {"web.log", "confirm.log", "default.log", "beat.log", "postgres.log"} <= {
        path.name for path in files
    }
    assert any(".aof" in path.name for path in files)  # all that ever passed through the broker
    return files


def everything_in(mails: list[Mail], addresses: list[str]) -> Traces:
    texts = [f"{mail.text}\n{mail.html}" for mail in mails]
    tokens = {token for text in (*texts, *addresses) for token in tokens_in(text)}
    codes = {code for text in texts for code in codes_in(text)}
    assert len(tokens) > 8
    assert codes
    people = [word for person in (SUZIE, NOBODY, LATE) for word in (person.email, person.name)]
    return Traces(secrets=[*people, STAFF, *tokens], codes=codes)


def ask_for_nonsense(site: LiveSite, mail: Mail, inbox: str) -> None:
    """Send secrets where they do not belong: such requests are the ones that are logged."""
    token = inbox.split("/s/")[1].partition("/")[0]
    for secret in (SUZIE.email, f"/s/{token}/"):
        escaped = quote(secret, safe="")
        assert site.request(f"/{escaped}/").status in {400, 404}
        assert site.request(f"/{DEMO}/nothing/?x={escaped}").status == 404
        site.request(f"/accounts/login/?next={escaped}", {"login": secret, "password": "wrong"})
        site.request(f"/webhooks/mail/generic/?{escaped}", {"mail": secret})
    assert site.request(f"/s/{token}/confirm/").status == 404
    assert site.request(f"/s/{token}x/code/", {"code": mail.code}).status == 404


def break_the_database_while_signing(site: LiveSite) -> None:
    """Let statements fail in the middle: PostgreSQL and web then log what they were about."""
    form_token = (
        site.form_token()
    )  # before: unless the letter page is still cached, it reads the same tables
    with psycopg.connect(site.site.values["DATABASE_URL"]) as other:
        other.execute("LOCK TABLE signatures_signature, accounts_user IN ACCESS EXCLUSIVE MODE")
        answer = site.send_form(LATE, form_token)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
    with psycopg.connect(site.site.values["DATABASE_URL"], autocommit=True) as other:
        for _ in range(2):
            with pytest.raises(psycopg.errors.NotNullViolation):
                other.execute("INSERT INTO accounts_user (email) VALUES (%s)", [STAFF])
    log = site.site.environment.var / "log" / "postgres.log"
    assert "lock timeout" in log.read_text()


def test_i16_no_address_name_token_or_code_is_written_down(site: LiveSite, relay: Relay) -> None:
    addresses = [site.sign(SUZIE), site.sign(NOBODY)]
    mail = site.mail_to(SUZIE)
    ask_for_nonsense(site, mail, addresses[0])
    addresses.append(site.confirm(mail))
    addresses.append(site.sign(SUZIE))  # again: a mail says so, three minutes later
    break_the_database_while_signing(site)
    relay.fall_silent_at(1)
    site.let_pass(minutes=4)
    addresses.append(site.sign(LATE))
    relay.wait_until_silent()
    site.site.children["confirm"].crash()  # with a mail in its hands
    relay.speak()
    site.let_pass(minutes=2)
    until(lambda: not oracle.due(site), "the last mail that is due")
    traces = everything_in(site.letterbox.mails(), addresses)
    assert traces.in_files(written_by(site)) == []
    assert traces.in_broker(site.site.values["REDIS_URL"]) == []


def test_what_is_looked_for_would_be_found(tmp_path: Path) -> None:
    traces = Traces(secrets=["suzie+x@example.org"], codes=["123456"])
    said = tmp_path / "web.log"
    lines = ["to Suzie+x@example.org", "at 12:00.123456", "code 123456", "1234567", "suzie%2bx%40"]
    said.write_text("\n".join([*lines, "?to=suzie%2bx%40example.org"]))
    assert traces.in_files([said]) == ["web.log:1", "web.log:3", "web.log:6"]
