"""`./run bench mail`: how fast owed mails leave, by the real path, against a bare loop of smtplib.

Rows in the outbox, beat, Celery, SMTP. The sink is Debian's smtp-sink where there is one, else a
small relay of our own; a second round goes to a relay that takes 10 ms for each command, a third to
one that is 30 ms away.
"""

from __future__ import annotations

import json
import shutil
import smtplib
import subprocess
import time
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from typing import TYPE_CHECKING

import psycopg

from dev.bench.mailing import measure_enqueueing
from dev.bench.sites import PRODUCTION, FilledSite, wait_for_port
from runner.environment import free_port, isolated
from runner.errors import CommandError
from runner.locations import PYTHON, ROOT, var_folder
from runner.site import start_site
from runner.terminal import say
from runner.throwaway import ThrowawayFolder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dev.bench.options import Options
    from runner.site import Site

MAILS = 20_000
MAILS_SLOW, SLOW_SECONDS = 1_500, 0.010
MAILS_FAR, FAR_SECONDS = 400, 0.030
AIM_SHARE = 0.30
AIM_TWO = 1.7
PATIENCE = 300.0
_PARTS = ("confirm", "beat")


@dataclass(frozen=True)
class Rates:
    """Mails per second of the bare loop, of one worker process and of two."""

    sink: str
    bare: float
    one: float
    two: float


def run(_options: Options) -> int:
    """Measure both rounds and the enqueueing of a mailing; print the table."""
    near = _round(MAILS)
    slow = _round(MAILS_SLOW, delay=SLOW_SECONDS)
    far = _round(MAILS_FAR, away=FAR_SECONDS)
    say(f"\n{'mails per second':<34}{'bare loop':>10}{'1 process':>12}{'2 processes':>13}"
        f"{'1 / bare':>10}{'2 / 1':>8}   aim")  # fmt: skip
    for rates, aim in ((near, f">= {AIM_SHARE:.0%}, >= {AIM_TWO}"), (slow, ""), (far, "")):
        say(
            f"{rates.sink:<34}{rates.bare:>10,.0f}{rates.one:>12,.0f}{rates.two:>13,.0f}"
            f"{rates.one / rates.bare:>10.0%}{rates.two / rates.one:>8.2f}   {aim}"
        )
    enqueued = measure_enqueueing()
    path = var_folder() / "bench" / "mail.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    rounds = [asdict(near), asdict(slow), asdict(far)]
    path.write_text(json.dumps({"rounds": rounds, "enqueueing": enqueued}, indent=1) + "\n")
    say(f"Written to {path}.")
    return 0


def _round(number: int, *, delay: float = 0.0, away: float = 0.0) -> Rates:
    with running_relay(delay=delay, away=away) as (port, sink):
        bare = _bare_loop(port, min(number, 5000))
        one, two = (_by_workers(port, number, processes) for processes in (1, 2))
    return Rates(sink, bare, one, two)


@contextmanager
def running_relay(*, delay: float, away: float) -> Iterator[tuple[int, str]]:
    """Run a relay in a process of its own; give its port and a name for the table."""
    port = free_port()
    command = [PYTHON, "-m", "dev.bench.relay", "--port", str(port)]
    command += ["--delay", str(delay), "--away", str(away)]
    theirs = shutil.which("smtp-sink", path="/usr/sbin:/usr/bin:/sbin:/usr/local/sbin")
    name = "our own sink"
    if delay:
        name = f"a relay that takes {delay * 1000:.0f} ms a command"
    elif away:
        name = f"a relay that is {away * 1000:.0f} ms away"
    elif theirs:
        command, name = [theirs, "-u", "nobody", f"127.0.0.1:{port}", "100"], "smtp-sink"
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        wait_for_port(port)
        yield port, name
    finally:
        process.terminate()
        process.wait(10)


def _bare_loop(port: int, number: int) -> float:
    """Send one ready message again and again over one kept-open connection."""
    message = EmailMessage()
    message["Subject"] = "Please confirm your signature"
    message["From"], message["To"] = "letters@example.org", "suzie@example.org"
    message.set_content("Hello,\n\n" + "somebody entered this address. " * 30)
    message.add_alternative("<p>" + "somebody entered this address. " * 40, subtype="html")
    text = message.as_bytes()
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as relay:
        began = time.monotonic()
        for _ in range(number):
            relay.sendmail("letters@example.org", ["suzie@example.org"], text)
        return number / (time.monotonic() - began)


def _by_workers(port: int, number: int, processes: int) -> float:
    """Return how many mails per second left between the first and the last."""
    folder = ThrowawayFolder()
    with ExitStack() as stack:
        stack.callback(folder.remove)
        site = FilledSite(stack.enter_context(_site(folder.path, port, processes)), 0)
        site.inside("fill", "pending", number)
        url = site.site.values["DATABASE_URL"]
        _ask(url, "UPDATE mail_outgoingmail SET state = 'due', sent_at = NULL, attempts = 0,"
                  " due_at = now() - random() * INTERVAL '1 minute'"
                  " WHERE kind = 'signatures.confirm'")  # fmt: skip
        deadline = time.monotonic() + PATIENCE
        while _ask(url, "SELECT count(*) FROM mail_outgoingmail WHERE state = 'due'"):
            if time.monotonic() > deadline:
                raise CommandError("The workers do not finish their mails.")
            time.sleep(0.5)
        return _ask(
            url,
            "SELECT (count(*) - 1) / extract(epoch FROM max(sent_at) - min(sent_at))"
            " FROM mail_outgoingmail WHERE kind = 'signatures.confirm' AND state = 'sent'",
        )


def _site(folder: Path, port: int, processes: int) -> Site:
    environment = isolated(
        folder,
        port=free_port(),
        EMAIL_URL=f"smtp://127.0.0.1:{port}",
        WORKER_PROCESSES=str(processes),
        **PRODUCTION,
    )
    return start_site(environment, _PARTS, development=True, ready=False, tell=say)


def _ask(url: str, query: str) -> float:
    with psycopg.connect(url) as connection:
        cursor = connection.execute(query.encode())
        found = cursor.fetchone() if cursor.description else None
        return float(found[0]) if found and found[0] is not None else 0.0
