"""Sources that staff trust or watch: typed by hand, stored in one spelling, on record."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from openletter.lib.people.addresses import email_key
from openletter.lib.people.networks import network_of
from openletter.moderation import source_lists
from openletter.moderation.models import AuditEntry, ListedSource
from openletter.moderation.source_forms import ListedSourceForm
from tests.factories import log_in

pytestmark = pytest.mark.django_db
ADD = "/admin/moderation/listedsource/add/"
ADDRESS = email_key("suzie@example.org").hex()


def form(kind: str, value: str, verdict: str = "hold") -> ListedSourceForm:
    return ListedSourceForm({"kind": kind, "value": value, "verdict": verdict, "reason": "test"})


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("network", "192.0.2.7", "192.0.2.7/32"),
        ("network", " 192.0.2.7/24 ", "192.0.2.0/24"),
        ("network", "2001:DB8::/32", "2001:db8::/32"),
        ("network", "2001:db8::7", "2001:db8::/64"),
        ("network", "2001:db8::7/128", "2001:db8::/64"),
        ("network", "::ffff:192.0.2.7", "192.0.2.7/32"),
        ("network", "::ffff:192.0.2.0/120", "192.0.2.0/24"),
        ("domain", "Example.ORG", "example.org"),
        ("domain", "@example.org", "example.org"),
        ("domain", "bücher.example", "xn--bcher-kva.example"),
        ("domain", "org", "org"),
        ("address", "Suzie@Example.org", ADDRESS),
    ],
)
def test_a_source_is_stored_in_one_spelling(kind: str, typed: str, stored: str) -> None:
    source = form(kind, typed).save()
    assert source.value == stored


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("network", "example.org"),
        ("network", "192.0.2.0/33"),
        ("network", "0.0.0.0/0"),
        ("network", "::/0"),
        ("network", "::ffff:0:0/96"),
        ("network", "2001:db8::1%eth0"),
        ("network", "2001:db8::1%a b/128"),
        ("domain", "no domain"),
        ("domain", "http://example.org"),
        ("address", "suzie"),
        ("address", ""),
    ],
)
def test_what_is_no_source_is_refused(kind: str, typed: str) -> None:
    assert "value" in form(kind, typed).errors


@pytest.mark.parametrize("address", ["192.0.2.7", "::ffff:192.0.2.7", "2001:db8::7"])
def test_a_client_is_recognised_by_its_own_address(address: str) -> None:
    form("network", address).save()
    source_lists.forget()
    network = network_of(address)
    said = source_lists.verdict_on(network=network, domain="x.org", address_key=b"")
    assert said == "hold"


def test_a_single_address_is_not_trusted() -> None:
    assert "verdict" in form("address", "suzie@example.org", "trust").errors


def test_one_source_has_one_verdict() -> None:
    form("domain", "example.org").save()
    assert not form("domain", "EXAMPLE.org", "trust").is_valid()


def test_it_takes_effect_at_once_and_is_on_record() -> None:
    network = ip_network("192.0.2.7/32")
    assert source_lists.verdict_on(network=network, domain="x.org", address_key=b"") is None
    typed = {"kind": "network", "value": "192.0.2.0/24", "verdict": "trust", "reason": "university"}
    log_in().post(ADD, typed)
    said = source_lists.verdict_on(network=network, domain="x.org", address_key=b"")
    assert said == source_lists.Verdict.TRUST
    entry = AuditEntry.objects.get(action="list source")
    assert (entry.reason, entry.actor is not None) == ("university", True)


def test_forgetting_it_takes_effect_at_once_and_is_on_record() -> None:
    source = form("domain", "example.org").save()
    source_lists.forget()
    log_in().post(f"/admin/moderation/listedsource/{source.pk}/delete/", {"post": "yes"})
    assert not ListedSource.objects.exists()
    assert source_lists.verdict_on(network=None, domain="example.org", address_key=b"") is None
    assert AuditEntry.objects.filter(action="forget source").exists()


def test_the_list_shows_no_address() -> None:
    form("address", "suzie@example.org").save()
    page = log_in().get("/admin/moderation/listedsource/").content.decode()
    assert "suzie" not in page
    assert ADDRESS[:12] in page
