"""The unread mails of a mailbox: a Maildir, or a folder on an IMAP server."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

# A report is at the beginning; what it reports on follows and may be large.
MAX_BYTES = 256 * 1024
_TIMEOUT_SECONDS = 30
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class CannotRead(Exception):
    """The mailbox cannot be opened; the text never holds its address, which may hold a password."""


def is_address(text: str) -> bool:
    """Say whether this names a mailbox: a path, imaps://…, or imap:// on this very machine."""
    parts = urlsplit(text)
    if parts.scheme == "imap":
        return parts.hostname in _LOOPBACK and bool(parts.username)
    if parts.scheme == "imaps":
        return bool(parts.hostname and parts.username)
    return text.startswith("/")


def unread(address: str) -> Iterator[bytes]:
    """Yield the beginning of every unread mail; raises `CannotRead`.

    A mail is marked as read when the next one is asked for; until then it comes again next time.
    """
    if not is_address(address):
        raise CannotRead("this is neither the path of a Maildir nor imaps://user:password@host")
    parts = urlsplit(address)
    return _over_imap(parts) if parts.scheme else _in_maildir(Path(address))


def _in_maildir(folder: Path) -> Iterator[bytes]:
    """Read as https://cr.yp.to/proto/maildir.html asks: new is unread, cur tells by its flags."""
    if not (folder / "new").is_dir() or not (folder / "cur").is_dir():
        raise CannotRead("there is no Maildir at this path")
    seen_before = [file for file in (folder / "cur").iterdir() if "S" not in _flags(file)]
    for file in sorted([*(folder / "new").iterdir(), *seen_before]):
        try:
            with file.open("rb") as opened:
                start = opened.read(MAX_BYTES)
        except FileNotFoundError:
            continue  # another reader moved it
        yield start
        flags = "".join(sorted({*_flags(file), "S"}))
        with suppress(FileNotFoundError):
            file.rename(folder / "cur" / f"{file.name.partition(':')[0]}:2,{flags}")


def _flags(file: Path) -> str:
    return file.name.partition(":2,")[2]


def _over_imap(parts: SplitResult) -> Iterator[bytes]:
    try:
        with _server(parts) as box:
            _open_folder(box, parts)
            _answer, found = box.uid("SEARCH", "UNSEEN")
            for number in (found[0] or b"").split():
                start = _start(box, number.decode())
                if start is not None:
                    yield start
                    box.uid("STORE", number.decode(), "+FLAGS", "(\\Seen)")
    except (OSError, imaplib.IMAP4.error) as problem:
        # What an IMAP server says may repeat the name it was given.
        raise CannotRead(f"the IMAP server refused ({type(problem).__name__})") from None


def _server(parts: SplitResult) -> imaplib.IMAP4:
    host = parts.hostname or ""
    if parts.scheme == "imaps":
        checked = ssl.create_default_context()  # imaplib by itself would trust anybody
        port = parts.port or 993
        return imaplib.IMAP4_SSL(host, port, ssl_context=checked, timeout=_TIMEOUT_SECONDS)
    return imaplib.IMAP4(host, parts.port or 143, timeout=_TIMEOUT_SECONDS)


def _open_folder(box: imaplib.IMAP4, parts: SplitResult) -> None:
    box.login(unquote(parts.username or ""), unquote(parts.password or ""))
    folder = unquote(parts.path.strip("/")) or "INBOX"
    answer, _size = box.select('"' + folder.replace('"', "") + '"')
    if answer != "OK":
        raise CannotRead("the IMAP server has no such folder")


def _start(box: imaplib.IMAP4, uid: str) -> bytes | None:
    _answer, found = box.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MAX_BYTES}>)")
    return next((part[1] for part in found if isinstance(part, tuple)), None)
