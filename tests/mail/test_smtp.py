"""Sender, recipient and DATA in one breath, and every answer understood as `smtplib` would."""

from __future__ import annotations

import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from openletter.mail.transport.smtp import EmailBackend, PipeliningSMTP, PipeliningSSL
from tests.live.waiting import PATIENCE
from tests.mail.saying_relay import saying_relay

SENDER, SUZIE = "letters@example.org", "suzie@example.org"
TEXT = b"Subject: Hello\r\n\r\nDear Suzie\r\n"
REFUSALS = {
    "of the sender": {"MAIL": "550 5.7.1 not yours"},
    "of the sender, for now": {"MAIL": "451 later"},
    "of us, hanging up": {"MAIL": "421 too many"},
    "of the recipient": {"RCPT": "550 5.1.1 unknown"},
    "of the recipient, for now": {"RCPT": "450 4.7.1 greylisted"},
    "of the recipient, hanging up": {"RCPT": "421 4.7.0 too fast"},
    "of both": {"MAIL": "550 5.7.1 not yours", "RCPT": "550 5.1.1 unknown"},
    "of the text": {"DATA": "554 5.7.1 spam"},
    "of the text, for now": {"DATA": "452 4.3.1 full"},
    "of the text, hanging up": {"DATA": "421 shutting down"},
    "of nothing": {},
}

Outcome = list[tuple[str, object]]


def tried(client: type[smtplib.SMTP], says: dict[str, str]) -> tuple[Outcome, list[str]]:
    """Send three mails, the first of which meets the answers; return what came of them."""
    outcomes: Outcome = []
    with saying_relay(pipelining=True) as relay:
        for command, answer in says.items():
            relay.say(command, answer)
        smtp = client("127.0.0.1", relay.port, timeout=PATIENCE)
        for number in range(3):
            try:
                outcomes.append(("sent", smtp.sendmail(SENDER, [f"{number}@example.org"], TEXT)))
            except smtplib.SMTPException as problem:
                outcomes.append((type(problem).__name__, problem.args))
        smtp.close()
        return outcomes, relay.taken


@pytest.mark.parametrize("says", REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refusal_is_what_it_is_to_smtplib(says: dict[str, str]) -> None:
    assert tried(PipeliningSMTP, says) == tried(smtplib.SMTP, says)


# --- A server that is played line by line -------------------------------------------------------

Play = Callable[["Stage"], None]


class Stage:
    """The server's side of one connection, after the greeting."""

    def __init__(self, connection: socket.socket, lines: socket.SocketIO) -> None:
        self.connection = connection
        self._lines = lines
        self.heard: list[bytes] = []

    def hear(self) -> bytes:
        self.heard.append(self._lines.readline().rstrip(b"\r\n"))
        return self.heard[-1]

    def answer(self, *replies: str) -> None:
        """Hear all three commands before answering any."""
        assert [self.hear() for _ in range(3)][2] == b"data"
        self.say(*replies)

    def take_mail(self) -> None:
        self.answer("250 a", "250 b", "354 go on")
        self.hear_text()
        self.say("250 taken")

    def hear_text(self) -> None:
        while self.hear() != b".":
            pass

    def say(self, *replies: str) -> None:
        self.connection.sendall("".join(f"{reply}\r\n" for reply in replies).encode())


@contextmanager
def played(play: Play, *, pipelining: bool = True) -> Iterator[tuple[PipeliningSMTP, list[bytes]]]:
    heard: list[bytes] = []

    def serve() -> None:
        connection, _address = door.accept()
        with connection, connection.makefile("rb", buffering=0) as lines:
            stage = Stage(connection, lines)
            stage.say("220 here")
            stage.hear()
            stage.say("250-here", *["250-PIPELINING"] * pipelining, "250 SIZE 1000000")
            stage.heard = heard
            play(stage)

    with socket.create_server(("127.0.0.1", 0)) as door:
        server = threading.Thread(target=serve, daemon=True)
        server.start()
        smtp = PipeliningSMTP("127.0.0.1", door.getsockname()[1], timeout=PATIENCE)
        yield smtp, heard
        smtp.close()
        server.join(PATIENCE)
        assert not server.is_alive()


def test_the_commands_come_before_any_of_them_is_answered() -> None:
    def play(stage: Stage) -> None:
        for _ in range(2):
            stage.take_mail()

    with played(play) as (smtp, heard):
        for _ in range(2):
            assert smtp.sendmail(SENDER, [SUZIE], TEXT) == {}
    assert heard[:2] == [
        f"mail FROM:<{SENDER}> size={len(TEXT)}".encode(),
        f"rcpt TO:<{SUZIE}>".encode(),
    ]


def test_a_relay_that_does_not_offer_it_hears_one_command_at_a_time() -> None:
    def play(stage: Stage) -> None:
        for reply in ("250 a", "250 b", "354 go on"):
            stage.hear()
            stage.connection.settimeout(0.05)
            with pytest.raises(TimeoutError):
                stage.connection.recv(1, socket.MSG_PEEK)
            stage.connection.settimeout(5)
            stage.say(reply)
        stage.hear_text()
        stage.say("250 taken")

    with played(play, pipelining=False) as (smtp, heard):
        assert smtp.sendmail(SENDER, [SUZIE], TEXT) == {}
    assert heard[-1] == b"."


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        (("550 no", "503 first MAIL", "354 go on"), smtplib.SMTPSenderRefused),
        (("250 a", "550 no", "354 go on"), smtplib.SMTPRecipientsRefused),
    ],
)
def test_a_relay_that_took_nobody_gets_no_text(
    answers: tuple[str, ...], problem: type[smtplib.SMTPException]
) -> None:
    def play(stage: Stage) -> None:
        stage.answer(*answers)
        assert stage.hear() == b"."
        stage.say("554 no valid recipients")
        assert stage.hear() == b"rset"
        stage.say("250 forgotten")
        stage.take_mail()

    with played(play) as (smtp, heard):
        with pytest.raises(problem):
            smtp.sendmail(SENDER, [SUZIE], TEXT)
        assert smtp.sendmail(SENDER, [SUZIE], TEXT) == {}
    assert heard.count(b"Dear Suzie") == 1


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ((), smtplib.SMTPServerDisconnected),
        (("250 a",), smtplib.SMTPServerDisconnected),
        (("550 no",), smtplib.SMTPSenderRefused),
        (("250 a", "550 no"), smtplib.SMTPRecipientsRefused),
        (("250 a", "550 no", "354 go on"), smtplib.SMTPRecipientsRefused),
        (("250 a", "250 b", "354 go on"), smtplib.SMTPServerDisconnected),
    ],
)
def test_a_relay_that_hangs_up_has_said_what_it_said(
    answers: tuple[str, ...], problem: type[smtplib.SMTPException]
) -> None:
    def play(stage: Stage) -> None:
        stage.answer(*answers)
        if "354 go on" in answers:
            stage.hear_text()

    with played(play) as (smtp, _heard), pytest.raises(problem):
        smtp.sendmail(SENDER, [SUZIE], TEXT)


@pytest.mark.parametrize("text", [b".\r\n..\r\n. a\r\nb.", b"\r\n.\r\n", b"no end", b""])
def test_a_line_that_begins_with_a_dot_ends_no_text(text: bytes) -> None:
    with played(Stage.take_mail) as (smtp, heard):
        smtp.sendmail(SENDER, [SUZIE], text)
    lines = [line.removeprefix(b".") for line in heard[3:-1]]
    assert b"\r\n".join(lines) == text.removesuffix(b"\r\n")


def test_an_address_cannot_hold_a_command() -> None:
    address = "a@b@c>\r\nRCPT TO:<sam@example.org"  # which smtplib quotes as it is

    def play(stage: Stage) -> None:
        assert stage.hear() == b""

    with played(play) as (smtp, _heard):
        for sender, recipient in ((address, SUZIE), (SENDER, address)):
            with pytest.raises(ValueError, match="line break"):
                smtp.sendmail(sender, [recipient], TEXT)


def test_several_recipients_are_asked_about_one_by_one() -> None:
    with saying_relay(pipelining=True) as relay:
        relay.say("RCPT", "550 5.1.1 unknown", "250 OK")
        smtp = PipeliningSMTP("127.0.0.1", relay.port, timeout=PATIENCE)
        assert list(smtp.sendmail(SENDER, ["a@example.org", SUZIE], TEXT)) == ["a@example.org"]
        smtp.quit()
        assert relay.taken == [SUZIE]


def test_an_encrypted_connection_is_used_the_same_way() -> None:
    assert EmailBackend(use_ssl=True).connection_class is PipeliningSSL
    assert issubclass(PipeliningSSL, smtplib.SMTP_SSL)
    assert EmailBackend(use_ssl=False).connection_class is PipeliningSMTP
