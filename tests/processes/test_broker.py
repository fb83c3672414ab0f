"""Valkey goes, forgets, or comes and goes: a broker carries no promise, so none is broken."""

from __future__ import annotations

import json

import pytest

from runner.servers.valkey import Valkey
from tests.live.site import LiveSite
from tests.live.waiting import until
from tests.processes.oracle import expect_one_mail_each, sign_as

pytestmark = pytest.mark.processes


def test_f01_signing_goes_on_without_valkey_and_every_mail_leaves_when_it_is_back(
    site: LiveSite, valkey: Valkey
) -> None:
    valkey.stop()
    people = sign_as(site, 30)
    report = site.request("/readyz")
    assert (report.status, json.loads(report.text)["cache"]) == (200, False)
    valkey.start()
    expect_one_mail_each(site, people)
    until(lambda: not site.site.missing(), "a site that has everything again")


def test_f01_pages_and_confirmations_work_without_valkey(site: LiveSite, valkey: Valkey) -> None:
    (person,) = sign_as(site, 1)
    mail = site.mail_to(person)
    before = site.count()
    valkey.stop()
    thanks = site.confirm(mail)
    assert site.request(thanks).status == 200
    assert site.count() == before + 1
    valkey.start()


def test_f03_a_wiped_broker_loses_no_mail_and_copies_none(site: LiveSite, valkey: Valkey) -> None:
    mail = site.site.servers.mail
    assert mail is not None
    mail.stop()
    people = sign_as(site, 20)
    valkey.wipe()
    mail.start()
    expect_one_mail_each(site, people)


def test_f03_a_wipe_while_the_workers_are_away_loses_no_mail(
    site: LiveSite, valkey: Valkey
) -> None:
    worker = site.site.children["confirm"]
    worker.stop()
    people = sign_as(site, 10)
    valkey.wipe()
    worker.start()
    expect_one_mail_each(site, people)
