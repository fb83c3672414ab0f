"""The mail server refuses, vanishes in the middle, and comes back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runner.servers.mailserver import Mailserver
from tests.live.site import LiveSite
from tests.live.waiting import until
from tests.processes import oracle

pytestmark = pytest.mark.processes


@pytest.fixture
def mail(site: LiveSite) -> Iterator[Mailserver]:
    """The mail catcher, which is there again after the test whatever the test did."""
    server = site.site.servers.mail
    assert server is not None
    yield server
    server.start()


def test_f09_mails_wait_for_a_relay_that_refuses_connections(
    site: LiveSite, mail: Mailserver
) -> None:
    mail.stop()
    people = oracle.sign_as(site, 20)
    log = site.site.environment.var / "log" / "confirm.log"
    until(lambda: "the relay takes no mail" in log.read_text(), "a worker that tried")
    assert oracle.due(site) == 20
    mail.start()
    oracle.expect_one_mail_each(site, people)


def test_f09_a_relay_that_dies_while_people_sign_costs_one_copy_at_most(
    site: LiveSite, mail: Mailserver
) -> None:
    came_before = len(site.letterbox.mails())
    people = [*oracle.sign_as(site, 10)]
    until(lambda: len(site.letterbox.mails()) > came_before, "the first mail")
    mail.kill()
    people += oracle.sign_as(site, 10)
    mail.start()
    # The mail that was in hand is tried again about a minute later.
    until(lambda: oracle.due(site) <= 1, "all mails but that one")
    site.let_pass(minutes=2)
    assert oracle.copies(site, people) <= 1
