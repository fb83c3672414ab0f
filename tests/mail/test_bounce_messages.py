"""Mails that come back to the signed return path (T32), read from a Maildir and over IMAP."""

from __future__ import annotations

import io
import socketserver
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from openletter.lib.ids import uuid7
from openletter.mail.feedback import bounce_messages, mailbox_readers, return_path
from openletter.mail.feedback.bounce_messages import Found
from openletter.mail.models import MailEvent, OutgoingMail, SuppressedAddress
from tests.mail.outgoing import sent, state_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _bounces_come_back(settings: Any) -> None:
    settings.BOUNCE_ADDRESS = "bounces@example.com"


@pytest.fixture
def mail() -> OutgoingMail:
    return sent()


def notification(
    address: str,
    *,
    status: str = "5.1.1",
    action: str = "failed",
    header: str = "Delivered-To",
) -> bytes:
    """Return what a mail server sends back (RFC 3464)."""
    report = MIMEMultipart("report", report_type="delivery-status")
    report["From"] = "MAILER-DAEMON@mx.example.org (Mail Delivery System)"
    report["Subject"] = "Undelivered Mail Returned to Sender"
    if header != "To":
        report["To"] = "bounces@example.com"
    report[header] = address
    report.attach(MIMEText("This is the mail system at host mx.example.org.\n"))
    about = MIMENonMultipart("message", "delivery-status")
    of_server, of_recipient = Message(), Message()
    of_server["Reporting-MTA"] = "dns; mx.example.org"
    of_recipient["Final-Recipient"] = "rfc822; suzie@example.org"
    of_recipient["Action"] = action
    of_recipient["Status"] = status
    about.set_payload([of_server, of_recipient])
    report.attach(about)
    return report.as_bytes()


def applied(raw: bytes) -> Found:
    return bounce_messages.apply(raw, now=timezone.now())


def returned_to(mail: OutgoingMail) -> str:
    return return_path.for_mail(mail.pk)


def test_t32_a_permanent_failure_marks_the_mail_and_suppresses_the_address(
    mail: OutgoingMail,
) -> None:
    assert applied(notification(returned_to(mail))) == Found.APPLIED
    assert state_of(mail) == "bounced"
    assert SuppressedAddress.objects.get().reason == "bounce"


STATUSES = [
    ("5.0.0", "failed", "bounced", True),
    ("5.7.1", "failed", "bounced", False),
    ("4.0.0", "failed", "sent", False),
    ("4.4.1", "delayed", "sent", False),
    ("5.4.4", "failed", "sent", False),
    ("5.2.2", "failed", "sent", False),
]


@pytest.mark.parametrize(("status", "action", "state", "suppresses"), STATUSES)
def test_t32_only_an_address_that_is_wrong_for_good_is_suppressed(
    mail: OutgoingMail, status: str, action: str, state: str, suppresses: bool
) -> None:
    raw = notification(returned_to(mail), status=status, action=action)
    assert applied(raw) == Found.APPLIED
    assert (state_of(mail), SuppressedAddress.objects.exists()) == (state, suppresses)


@pytest.mark.parametrize(("status", "action"), [("2.0.0", "delivered"), ("", "failed")])
def test_t32_a_notification_of_success_or_of_nothing_is_no_failure(
    mail: OutgoingMail, status: str, action: str
) -> None:
    raw = notification(returned_to(mail), status=status, action=action)
    assert applied(raw) == Found.NO_REPORT
    assert state_of(mail) == "sent"


def test_t32_an_answer_of_a_person_or_their_holiday_note_is_no_failure(mail: OutgoingMail) -> None:
    note = MIMEText("I am away. 5.1.1 is my favourite number.")
    note["To"] = returned_to(mail)
    assert applied(note.as_bytes()) == Found.NO_REPORT


def test_t32_a_forged_return_path_changes_nothing(mail: OutgoingMail, settings: Any) -> None:
    settings.SECRET_KEY = "somebody-elses-key-somebody-elses-key-somebody"
    forged = returned_to(mail)
    settings.SECRET_KEY = "only-for-tests-only-for-tests-only-for-tests-only-for-tests"
    assert applied(notification(forged)) == Found.NOT_SIGNED
    assert state_of(mail) == "sent"


def test_a_return_path_made_with_a_former_key_still_comes_back(
    mail: OutgoingMail, settings: Any
) -> None:
    address, former = returned_to(mail), settings.SECRET_KEY
    settings.SECRET_KEY = "the-new-key-the-new-key-the-new-key-the-new-key-the-new-key"
    settings.SECRET_KEY_FALLBACKS = ["an-even-older-key", former]
    assert applied(notification(address)) == Found.APPLIED


def test_t32_a_return_path_for_another_mail_needs_a_signature_of_its_own(
    mail: OutgoingMail,
) -> None:
    mine, theirs = returned_to(sent()), returned_to(mail)
    mixed = theirs[: theirs.index("-")] + mine[mine.index("-") :]
    assert applied(notification(mixed)) == Found.NOT_SIGNED
    assert state_of(mail) == "sent"


@pytest.mark.parametrize(("hours", "found"), [(47, Found.APPLIED), (50, Found.NOT_SIGNED)])
def test_t32_a_return_path_is_good_for_48_hours(
    mail: OutgoingMail, hours: int, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = returned_to(mail)
    later = time.time() + timedelta(hours=hours).total_seconds()
    monkeypatch.setattr(time, "time", lambda: later)
    assert applied(notification(address)) == found


def test_t32_a_mail_that_is_long_gone_is_no_trouble() -> None:
    assert applied(notification(return_path.for_mail(uuid7()))) == Found.UNKNOWN


def test_t32_a_notification_that_comes_twice_counts_once(mail: OutgoingMail) -> None:
    raw = notification(returned_to(mail))
    assert [applied(raw), applied(raw)] == [Found.APPLIED, Found.REPEATED]
    assert MailEvent.objects.count() == 1


@pytest.mark.parametrize("header", ["Delivered-To", "X-Original-To", "Envelope-To", "To"])
def test_the_return_path_is_found_wherever_a_mail_server_puts_it(
    mail: OutgoingMail, header: str
) -> None:
    raw = notification(f"<{returned_to(mail).upper()}>", header=header)
    assert applied(raw) == Found.APPLIED


NO_MAILS = [b"", b"\x00" * 100, b"\xff\xfe\xfd: \xff\n\n\xff", b"To: \xe4\xf6\n\nhello", b"From\n"]


@pytest.mark.parametrize("raw", NO_MAILS)
def test_what_is_no_mail_at_all_is_passed_over(raw: bytes) -> None:
    assert applied(raw) in {Found.NOT_SIGNED, Found.UNREADABLE}


def test_a_report_with_odd_parts_is_passed_over(mail: OutgoingMail) -> None:
    raw = notification(returned_to(mail)).replace(b"Action: failed", b"Action: \xfc\xff")
    assert applied(raw) == Found.UNREADABLE
    assert state_of(mail) == "sent"


def a_maildir(folder: Path, mails: list[bytes]) -> Path:
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    for number, raw in enumerate(mails):
        (folder / "new" / f"17000000{number}.M1P1.host").write_bytes(raw)
    return folder


def read_bounces(*arguments: str) -> str:
    out = io.StringIO()
    call_command("read-bounces", *arguments, stdout=out)
    return out.getvalue()


def test_read_bounces_counts_what_it_found_in_a_maildir(
    mail: OutgoingMail, tmp_path: Path, settings: Any
) -> None:
    raw = notification(returned_to(mail))
    a_maildir(tmp_path / "box", [raw, raw, notification("bounces@example.com"), b"nonsense"])
    settings.BOUNCE_MAILBOX = str(tmp_path / "box")
    said = read_bounces()
    assert said.splitlines() == [
        "4 mails read",
        "       1 applied",
        "       1 reported before",
        "       2 without a return path of ours, or older than 48 hours",
    ]
    assert "@" not in said


def test_a_mail_that_was_read_is_seen_and_not_read_again(
    mail: OutgoingMail, tmp_path: Path
) -> None:
    box = a_maildir(tmp_path / "box", [notification(returned_to(mail))])
    read_bounces(str(box))
    assert [file.name for file in (box / "cur").iterdir()] == ["170000000.M1P1.host:2,S"]
    assert list((box / "new").iterdir()) == []
    assert read_bounces(str(box)) == "0 mails read\n"


def test_what_another_reader_moved_to_cur_unseen_is_read_and_keeps_its_flags(
    mail: OutgoingMail, tmp_path: Path
) -> None:
    box = a_maildir(tmp_path / "box", [])
    (box / "cur" / "1.host:2,F").write_bytes(notification(returned_to(mail)))
    assert "1 applied" in read_bounces(str(box))
    assert [file.name for file in (box / "cur").iterdir()] == ["1.host:2,FS"]


def test_a_mail_stays_unread_while_the_database_is_away(mail: OutgoingMail, tmp_path: Path) -> None:
    box = a_maildir(tmp_path / "box", [notification(returned_to(mail))])

    def away(*_args: Any) -> None:
        raise OperationalError

    with connection.execute_wrapper(away), pytest.raises(OperationalError):
        read_bounces(str(box))
    assert "1 applied" in read_bounces(str(box))


@pytest.mark.parametrize(
    "mailbox", ["", "relative/path", "/nowhere", "pop3://u:p@h", "imap://u:p@192.0.2.1/"]
)
def test_a_mailbox_that_cannot_be_is_named_in_one_sentence(mailbox: str, settings: Any) -> None:
    settings.BOUNCE_MAILBOX = mailbox
    with pytest.raises(CommandError, match="BOUNCE_MAILBOX") as raised:
        read_bounces()
    assert "u:p" not in str(raised.value)


class ImapServer(socketserver.ThreadingTCPServer):
    """As much of IMAP as reading unseen mails takes (RFC 3501)."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, mails: list[bytes]) -> None:
        super().__init__(("127.0.0.1", 0), _ImapSession)
        self.mails = mails
        self.seen: set[int] = set()

    def answer(self, command: str, words: list[str]) -> tuple[list[bytes], str]:
        """Return the untagged answers to a command, and the result."""
        if command == "LOGIN" and words != ["bounces", '"se cret"']:
            return [], "NO who are you"
        if command == "SELECT" and words != ['"Returned"']:
            return [], "NO no such mailbox"
        if command == "SELECT":
            return [f"{len(self.mails)} EXISTS".encode()], "OK"
        if command == "CAPABILITY":
            return [b"CAPABILITY IMAP4rev1"], "OK"
        if command == "UID" and words[0] == "SEARCH":
            unseen = [str(n) for n in range(1, len(self.mails) + 1) if n not in self.seen]
            return [f"SEARCH {' '.join(unseen)}".encode()], "OK"
        if command == "UID" and words[0] == "FETCH":
            raw = self.mails[int(words[1]) - 1]
            start = f"{words[1]} FETCH (UID {words[1]} BODY[]<0> {{{len(raw)}}}\r\n".encode()
            return [start + raw + b")"], "OK"
        if command == "UID" and words[0] == "STORE":
            self.seen.add(int(words[1]))
        return [], "OK"


class _ImapSession(socketserver.StreamRequestHandler):
    server: ImapServer

    def handle(self) -> None:
        self.wfile.write(b"* OK ready\r\n")
        for line in self.rfile:
            tag, command, *words = line.decode().replace("se cret", "se\0cret").split()
            words = [word.replace("\0", " ") for word in words]
            untagged, result = self.server.answer(command.upper(), words)
            self.wfile.writelines(b"* " + text + b"\r\n" for text in untagged)
            self.wfile.write(f"{tag} {result} done\r\n".encode())
            if command.upper() == "LOGOUT":
                return


@pytest.fixture
def imap(mail: OutgoingMail) -> Iterator[ImapServer]:
    with ImapServer([b"To: nobody\r\n\r\nhello", notification(returned_to(mail))]) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def address_of(server: ImapServer, *, password: str = "se%20cret", folder: str = "Returned") -> str:
    return f"imap://bounces:{password}@127.0.0.1:{server.server_address[1]}/{folder}"


def test_read_bounces_reads_an_imap_folder_and_marks_what_it_read(
    imap: ImapServer, mail: OutgoingMail, settings: Any
) -> None:
    settings.BOUNCE_MAILBOX = address_of(imap)
    assert read_bounces().startswith("2 mails read")
    assert (state_of(mail), imap.seen) == ("bounced", {1, 2})
    assert read_bounces() == "0 mails read\n"


@pytest.mark.parametrize("wrong", [{"password": "guess"}, {"folder": "Elsewhere"}])
def test_an_imap_server_that_refuses_is_named_without_the_password(
    imap: ImapServer, wrong: dict[str, str], settings: Any
) -> None:
    settings.BOUNCE_MAILBOX = address_of(imap, **wrong)
    with pytest.raises(CommandError, match="BOUNCE_MAILBOX") as raised:
        read_bounces()
    assert "guess" not in str(raised.value)


def test_an_imap_mail_stays_unread_while_it_is_not_applied(imap: ImapServer) -> None:
    mails = mailbox_readers.unread(address_of(imap))
    next(mails)
    mails.close()  # type: ignore[attr-defined]  # it is a generator
    assert imap.seen == set()


def test_the_longest_return_path_fits_into_an_address(settings: Any) -> None:
    settings.BOUNCE_ADDRESS = "thirteen-char@example.com"
    assert len(return_path.for_mail(UUID(int=2**128 - 1)).rpartition("@")[0]) <= 64
