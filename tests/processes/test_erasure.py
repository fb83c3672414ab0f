"""Somebody signs, changes everything, and is erased: then nothing of them is left on disk."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.people import Person
from tests.live.site import DEMO, LiveSite
from tests.live.waiting import PATIENCE, until

pytestmark = pytest.mark.processes
TYPO = Person(name="Zebedaea Quxuuq", email="zebedea.quxuuq@nebelwerk.example.org")
PERSON = Person(name="Zebedea Quuxuq", email=TYPO.email)
TRACES = ("zebedea", "zebedaea", "quxuuq", "quuxuq", "nebelwerk")


def mine(site: LiveSite, number: int) -> str:
    """Return the link to "my signature" in somebody's n-th mail."""
    text = site.mail_to(TYPO, number=number).text
    found = re.search(r"https?://[^/\s]+(/s/[^/\s]+/)(?=\s)", text)
    assert found, text
    return found[1]


def files_with_traces(site: LiveSite) -> list[str]:
    """Everything that the run wrote, but the mailbox: that is the person's own."""
    return [str(path) for path in _files(site.site.environment.var) if _has_traces(path)]


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and "mailbox" not in path.parts)


def _has_traces(path: Path) -> bool:
    try:
        content = path.read_bytes().lower()
    except OSError:  # gone meanwhile, or a socket
        return False
    return any(trace.encode() in content for trace in TRACES)


def press(site: LiveSite, address: str, **typed: str) -> str:
    answer = site.request(address, typed)
    assert answer.status == 302, f"{address}: {answer.status}"
    return answer.location


def test_i15_nothing_is_left_of_who_was_erased_but_a_line_in_the_ledger(site: LiveSite) -> None:
    before = site.count()
    site.sign(TYPO)
    site.confirm(site.mail_to(TYPO))
    own = mine(site, 2)
    press(site, f"{own}correct/", name=PERSON.name, title="Bell-founder")
    press(site, f"{own}set/hide/")
    assert site.count() == before + 1
    press(site, f"{own}withdraw/")
    assert site.count() == before
    site.mail_to(TYPO, number=3)
    site.let_pass(minutes=4)  # else the second confirmation would wait for its turn
    site.sign(PERSON)
    site.confirm(site.mail_to(TYPO, number=4))
    own = mine(site, 5)
    said = json.loads(site.request(f"{own}my-signature.json").text)
    names = [one["name"] for one in said["signatures"]["signatures"]]
    assert names == [PERSON.name, PERSON.name]
    assert any("postgres" in path for path in files_with_traces(site))
    assert press(site, f"{own}erase/", count="fall") == "/s/done/erased/"
    # It takes several rounds, of which beat begins one every twenty seconds.
    until(lambda: not files_with_traces(site), "a disk without traces", seconds=3 * PATIENCE)
    assert site.count() == before
    kinds = site.ask(
        "SELECT kind FROM ledger_ledgerentry JOIN letters_letter ON letters_letter.id ="
        " letter_id WHERE slug = %s ORDER BY index DESC LIMIT 4",
        DEMO,
    )
    assert [kind for (kind,) in kinds] == ["withdrawn", "signed", "withdrawn", "signed"]
