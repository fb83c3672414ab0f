"""/mailbox/: there in development, and nowhere else."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

PATHS = ["/mailbox/", "/mailbox/1.eml/", "/mailbox/1.eml/html/"]


@pytest.fixture
def mailbox(settings: Any, tmp_path: Path) -> Path:
    """A folder with one mail, and beside it a file that is nobody's business."""
    folder = tmp_path / "mailbox"
    folder.mkdir()
    mail = EmailMessage()
    mail["Subject"], mail["To"] = "Please confirm <b>", "suzie@example.org"
    mail.set_content("Type 123456 or open http://testserver/s/abc/confirm/")
    mail.add_alternative("<p style='color:red'>Type <b>123456</b></p>", subtype="html")
    (folder / "1.eml").write_bytes(mail.as_bytes())
    (folder / "notes.txt").write_text("private")
    (tmp_path / "secret.eml").write_bytes(mail.as_bytes())
    settings.MAILBOX_DIR = str(folder)
    return folder


@pytest.mark.parametrize("path", PATHS)
def test_without_a_folder_it_does_not_exist(client: Client, settings: Any, path: str) -> None:
    settings.MAILBOX_DIR = ""
    assert client.get(path).status_code == 404


@pytest.mark.usefixtures("mailbox")
def test_it_lists_the_mails(client: Client) -> None:
    page = client.get("/mailbox/").content.decode()
    assert "Please confirm &lt;b&gt;" in page
    assert 'href="/mailbox/1.eml/"' in page
    assert "notes" not in page


def test_an_empty_folder_says_so(client: Client, mailbox: Path) -> None:
    (mailbox / "1.eml").unlink()
    response = client.get("/mailbox/")
    assert (response.status_code, response.context["mails"]) == (200, [])


@pytest.mark.usefixtures("mailbox")
def test_a_mail_is_read_with_its_link_to_click(client: Client) -> None:
    page = client.get("/mailbox/1.eml/").content.decode()
    assert "123456" in page
    assert '<a href="http://testserver/s/abc/confirm/"' in page


@pytest.mark.usefixtures("mailbox")
def test_the_html_part_stands_by_itself_and_runs_no_script(client: Client) -> None:
    response = client.get("/mailbox/1.eml/html/")
    assert "<b>123456</b>" in response.content.decode()
    policy = response["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "script-src 'self'" in policy.split("; ")


@pytest.mark.usefixtures("mailbox")
@pytest.mark.parametrize(
    "name",
    [
        *("../secret.eml", "..%2fsecret.eml", "%2e%2e%2fsecret.eml", "..%5csecret.eml"),
        *("..", ".", "notes.txt", "1.eml%00.txt", "nothing.eml", "1.eml%0a", ".eml", "1.EML"),
        "%2fetc%2fpasswd",
    ],
)
def test_t37_nothing_but_its_mails_is_read(client: Client, name: str) -> None:
    for path in (f"/mailbox/{name}/", f"/mailbox/{name}/html/"):
        assert client.get(path).status_code == 404


@pytest.mark.usefixtures("mailbox")
@pytest.mark.parametrize("path", PATHS)
def test_it_is_stored_by_nobody(client: Client, path: str) -> None:
    response = client.get(path)
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    assert client.post(path).status_code == 405
