"""What receivers look up about a sender, asked of a real name server and judged."""

from __future__ import annotations

import base64
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import translation

from openletter.mail.monitoring.dns_checks import dkim, dmarc, lookup, mx, reverse_dns, run, spf
from openletter.mail.monitoring.dns_checks.findings import Finding, Sender, Verdict
from openletter.mail.monitoring.dns_checks.lookup import CouldNotLookUp, Lookup
from tests.dns_server import NameServer, Zone

ALICE = Sender(
    domain="letters.example",
    envelope_domain="letters.example",
    relay="mail.letters.example",
    selectors=("default", "s1"),
    selectors_are_guessed=True,
)
GOOD_SPF = "v=spf1 mx include:_spf.provider.example -all"


def public_key(bits: int) -> str:
    key = rsa.generate_private_key(65537, bits).public_key()
    return base64.b64encode(
        key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ).decode()


LONG, SHORT = public_key(2048), public_key(1024)


def quoted(text: str) -> str:
    """Write a TXT record as zone files do, in strings of at most 255 characters."""
    return " ".join(f'"{text[start : start + 250]}"' for start in range(0, len(text), 250))


def txt(**records: str) -> dict[tuple[str, str], list[str]]:
    """Return TXT records below letters.example; a double underscore is a dot, "at" is the top."""
    zone = {}
    for name, text in records.items():
        below = "" if name == "at" else name.replace("__", ".") + "."
        zone[f"{below}letters.example", "TXT"] = [quoted(text)]
    return zone


def judged(check: ModuleType, zone: Zone, sender: Sender = ALICE) -> Finding:
    with NameServer(zone) as server:
        finding: Finding = check.check(sender, Lookup(server.resolver()))
    return finding


# --- SPF ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("record", [GOOD_SPF, "v=spf1 mx ~all", "V=SPF1 redirect=other.example"])
def test_an_spf_record_that_closes_is_good(record: str) -> None:
    assert judged(spf, txt(at=record)).verdict == Verdict.GOOD


def test_a_good_spf_record_names_what_it_includes() -> None:
    assert "_spf.provider.example" in judged(spf, txt(at=GOOD_SPF)).advice


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ("v=spf1 mx", "does not say"),
        ("v=spf1 mx ?all", "does not say"),
        ("v=spf1 +all", "every server in the world"),
        ("v=spf1 mx all", "every server in the world"),
    ],
)
def test_an_spf_record_that_lets_others_in_is_to_look_at(record: str, said: str) -> None:
    finding = judged(spf, txt(at=record))
    assert (finding.verdict, finding.found) == (Verdict.LOOK, [record])
    assert said in finding.advice


def test_other_texts_are_no_spf_record() -> None:
    assert judged(spf, txt(at="v=spf10 -all")).verdict == Verdict.MISSING
    assert judged(spf, {}).verdict == Verdict.MISSING


def test_two_spf_records_are_worse_than_one() -> None:
    zone = {("letters.example", "TXT"): [quoted(GOOD_SPF), quoted("v=spf1 -all")]}
    assert judged(spf, zone).verdict == Verdict.LOOK


def test_too_many_lookups_are_counted_through_includes() -> None:
    zone = {
        **txt(at="v=spf1 include:a.example include:b.example a mx/24 -all"),
        ("a.example", "TXT"): [quoted("v=spf1 " + "exists:%{i}.x.example " * 4 + "-all")],
        ("b.example", "TXT"): [quoted("v=spf1 a:one.example ptr include:a.example -all")],
    }
    ten = judged(spf, {**zone, ("b.example", "TXT"): [quoted("v=spf1 a ptr -all")]})
    eleven = judged(spf, zone)
    assert (ten.verdict, eleven.verdict) == (Verdict.GOOD, Verdict.LOOK)
    assert "11" in eleven.advice


def test_an_spf_record_that_includes_itself_ends() -> None:
    assert judged(spf, txt(at="v=spf1 include:letters.example -all")).verdict == Verdict.GOOD


def test_spf_is_asked_of_the_domain_that_bounces_come_back_to() -> None:
    sender = replace(ALICE, envelope_domain="bounces.example")
    zone = {("bounces.example", "TXT"): [quoted("v=spf1 -all")]}
    assert judged(spf, zone, sender).verdict == Verdict.GOOD


# --- DKIM ---------------------------------------------------------------------------------------


def test_a_long_key_is_good_beside_an_old_one() -> None:
    zone = txt(default___domainkey=f"v=DKIM1; p={SHORT}", s1___domainkey=f"k=rsa; p={LONG}")
    finding = judged(dkim, zone)
    assert finding.verdict == Verdict.GOOD
    assert "2048" in finding.advice


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (SHORT, "has 1024 bits"),
        ("", "was revoked"),
        ("bm8ga2V5", "cannot be read"),
        ("no key at all!", "cannot be read"),
    ],
)
def test_a_short_revoked_or_broken_key_is_to_look_at(key: str, said: str) -> None:
    finding = judged(dkim, txt(s1___domainkey=f"v=DKIM1; p={key}"))
    assert finding.verdict == Verdict.LOOK
    assert said in finding.advice


def test_a_key_of_another_kind_is_good() -> None:
    zone = txt(s1___domainkey="v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
    assert judged(dkim, zone).verdict == Verdict.GOOD


def test_a_missing_key_names_the_setting_or_the_names_in_it() -> None:
    assert "DKIM_SELECTORS to its name" in judged(dkim, {}).advice
    told = replace(ALICE, selectors=("mine",), selectors_are_guessed=False)
    finding = judged(dkim, {}, told)
    assert finding.verdict == Verdict.MISSING
    assert "under the names in DKIM_SELECTORS (mine)" in finding.advice


# --- DMARC --------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["quarantine", "reject"])
def test_a_dmarc_policy_that_acts_and_reports_is_good(policy: str) -> None:
    record = f"v=DMARC1; p={policy}; rua=mailto:reports@letters.example"
    assert judged(dmarc, txt(_dmarc=record)).verdict == Verdict.GOOD


@pytest.mark.parametrize(
    "record",
    [
        "v=DMARC1; p=none; rua=mailto:reports@letters.example",
        "v=DMARC1; p=reject",
        "v=DMARC1; rua=mailto:reports@letters.example",
    ],
)
def test_a_dmarc_record_that_only_watches_or_reports_to_nobody_is_to_look_at(record: str) -> None:
    assert judged(dmarc, txt(_dmarc=record)).verdict == Verdict.LOOK


def test_a_subdomain_is_under_the_policy_of_the_domain_above() -> None:
    sender = replace(ALICE, domain="news.letters.example", envelope_domain="news.letters.example")
    record = "v=DMARC1; p=reject; sp={}; rua=mailto:reports@letters.example"
    assert judged(dmarc, txt(_dmarc=record.format("reject")), sender).verdict == Verdict.GOOD
    assert judged(dmarc, txt(_dmarc=record.format("none")), sender).verdict == Verdict.LOOK
    assert judged(dmarc, {}, sender).verdict == Verdict.MISSING


@pytest.mark.parametrize(
    ("envelope", "mode", "verdict"),
    [
        ("bounces.letters.example", "r", Verdict.GOOD),
        ("bounces.letters.example", "s", Verdict.LOOK),
        ("provider.example", "r", Verdict.LOOK),
    ],
)
def test_bounces_to_another_domain_prove_nothing(
    envelope: str, mode: str, verdict: Verdict
) -> None:
    zone = txt(_dmarc=f"v=DMARC1; p=reject; aspf={mode}; rua=mailto:reports@letters.example")
    assert judged(dmarc, zone, replace(ALICE, envelope_domain=envelope)).verdict == verdict


@pytest.mark.parametrize(
    ("own", "envelope", "verdict"),
    [
        ("letters.co.uk", "bounces.letters.co.uk", Verdict.GOOD),
        ("news.letters.co.uk", "bounces.letters.co.uk", Verdict.GOOD),
        ("letters.co.uk", "provider.co.uk", Verdict.LOOK),
        ("letters.github.io", "somebody.github.io", Verdict.LOOK),
        ("letters.github.io", "bounces.letters.github.io", Verdict.GOOD),
        ("letters.github.io", "github.io", Verdict.LOOK),
        ("letters.com.au", "com.au", Verdict.LOOK),
        ("letters.org", "provider.org", Verdict.LOOK),
    ],
)
def test_what_two_owners_registered_proves_nothing_for_each_other(
    own: str, envelope: str, verdict: Verdict
) -> None:
    record = "v=DMARC1; p=reject; rua=mailto:reports@letters.example"
    sender = replace(ALICE, domain=own, envelope_domain=envelope)
    zone = {(f"_dmarc.{own}", "TXT"): [quoted(record)]}
    assert judged(dmarc, zone, sender).verdict == verdict


def test_nobody_is_under_the_policy_of_a_public_suffix() -> None:
    record = "v=DMARC1; p=reject; rua=mailto:reports@letters.example"
    sender = replace(ALICE, domain="news.letters.co.uk", envelope_domain="news.letters.co.uk")
    above = {("_dmarc.co.uk", "TXT"): [quoted(record)]}
    owner = {("_dmarc.letters.co.uk", "TXT"): [quoted(record)]}
    assert judged(dmarc, above, sender).verdict == Verdict.MISSING
    assert judged(dmarc, owner, sender).verdict == Verdict.GOOD


# --- Reverse DNS and MX -------------------------------------------------------------------------

A = ("mail.letters.example", "A")
PTR = ("8.8.8.8.in-addr.arpa", "PTR")


def test_an_address_and_a_name_that_lead_to_each_other_are_good() -> None:
    zone = {A: ["8.8.8.8"], PTR: ["mail.letters.example."]}
    finding = judged(reverse_dns, zone)
    assert finding.verdict == Verdict.GOOD
    assert finding.found == ["8.8.8.8: mail.letters.example"]


def test_an_address_without_a_name_is_missing_one() -> None:
    assert judged(reverse_dns, {A: ["8.8.8.8"]}).verdict == Verdict.MISSING


def test_a_name_that_leads_elsewhere_is_to_look_at() -> None:
    zone = {A: ["8.8.8.8"], PTR: ["other.example."], ("other.example", "A"): ["8.8.4.4"]}
    assert judged(reverse_dns, zone).verdict == Verdict.LOOK


def test_every_address_counts_and_the_worst_is_told() -> None:
    zone = {A: ["8.8.8.8", "8.8.4.4"], PTR: ["mail.letters.example."]}
    finding = judged(reverse_dns, zone)
    assert finding.verdict == Verdict.MISSING
    assert "8.8.4.4" in finding.advice


@pytest.mark.parametrize("relay", ["localhost", "10.0.0.5", "mail.letters.example"])
def test_a_relay_without_a_public_address_must_be_looked_at_from_there(relay: str) -> None:
    zone = {A: ["192.168.0.4"]}
    assert judged(reverse_dns, zone, replace(ALICE, relay=relay)).verdict == Verdict.LOOK


def test_the_names_of_a_providers_servers_are_its_task() -> None:
    assert judged(reverse_dns, {}, replace(ALICE, relay="")).verdict == Verdict.GOOD


@pytest.mark.parametrize(
    ("zone", "verdict"),
    [
        ({("letters.example", "MX"): ["20 b.example.", "10 a.example."]}, Verdict.GOOD),
        ({("letters.example", "MX"): ["0 ."]}, Verdict.LOOK),
        ({("letters.example", "A"): ["8.8.8.8"]}, Verdict.LOOK),
        ({}, Verdict.MISSING),
    ],
)
def test_answers_need_somewhere_to_go(zone: Zone, verdict: Verdict) -> None:
    assert judged(mx, zone).verdict == verdict


def test_the_preferred_mail_server_comes_first() -> None:
    zone = {("letters.example", "MX"): ["20 b.example.", "10 a.example."]}
    assert judged(mx, zone).found == ["a.example.", "b.example."]


# --- All of them --------------------------------------------------------------------------------


def test_what_cannot_be_looked_up_is_said_and_the_rest_is_judged() -> None:
    zone = txt(at=GOOD_SPF)
    with NameServer(zone, broken=frozenset({"_dmarc.letters.example"})) as server:
        findings = {one.name: one.verdict for one in run.run(ALICE, Lookup(server.resolver()))}
    assert findings["SPF"] == Verdict.GOOD
    assert findings["DMARC"] == Verdict.UNKNOWN


def test_without_any_answer_everything_could_not_be_looked_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lookup, "SECONDS_PER_QUESTION", 0.2)
    with NameServer({}, silent=True) as server:
        findings = run.run(ALICE, Lookup(server.resolver()))
    assert {one.verdict for one in findings} == {Verdict.UNKNOWN}


def test_a_lookup_asks_nobody_once_its_time_is_up() -> None:
    with NameServer(txt(at=GOOD_SPF)) as server:
        late = Lookup(server.resolver(), seconds=0)
        with pytest.raises(CouldNotLookUp):
            late.texts("letters.example")


def test_the_advice_is_in_the_readers_language(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str | None] = []

    class Check:
        NAME = "language"

        @staticmethod
        def check(sender: Sender, lookup: Lookup) -> Finding:
            seen.append(translation.get_language())
            return Finding("language", Verdict.GOOD, "")

    monkeypatch.setattr(run, "CHECKS", (Check,))
    with NameServer({}) as server, translation.override("de"):
        run.run(ALICE, Lookup(server.resolver()))
    assert seen == ["de"]


def test_the_sender_is_read_from_the_settings(settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "Letters <hello@Letters.example>"
    settings.BOUNCE_ADDRESS = "back@bounces.letters.example"
    settings.EMAIL_HOST = "relay.example"
    settings.DKIM_SELECTORS = ["mine"]
    assert run.sender() == Sender(
        "letters.example", "bounces.letters.example", "relay.example", ("mine",), False
    )


def test_a_provider_needs_no_relay_and_usual_key_names_are_guessed(settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "hello@letters.example"
    settings.MAIL_PROVIDER, settings.BOUNCE_ADDRESS, settings.DKIM_SELECTORS = "postmark", "", []
    assert run.sender() == Sender(
        "letters.example", "letters.example", "", dkim.USUAL_SELECTORS, True
    )
