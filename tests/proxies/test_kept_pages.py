"""T37, F20, F32: nginx keeps what docs/architecture.md allows, and no longer than it allows."""

from __future__ import annotations

import re
import struct
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from runner.locations import ROOT
from tests.live.people import Person, somebody
from tests.live.site import DEMO, LiveSite
from tests.live.waiting import until
from tests.proxies.door import Answer, Door
from tests.proxies.running import running_nginx
from tests.urls import all_paths

pytestmark = pytest.mark.processes
_ROW = re.compile(r"^\| (public|private|staff|files) \| (.*?) \| (.*?) \|$", re.MULTILINE)
_CACHING = (ROOT / "docs/architecture.md").read_text().partition("\n## Caching\n")[2]
_ROWS = {kind: (where, said) for kind, where, said in _ROW.findall(_CACHING.partition("\n## ")[0])}
_SAID = {kind: re.findall(r"`([^`]+)`", said) for kind, (_where, said) in _ROWS.items()}
PUBLIC = _SAID["public"][0]
MAX_AGE, WHILE_RENEWED, IF_ERROR = map(int, re.findall(r"=(\d+)", PUBLIC))
UNKNOWN = (
    "/nothing/",
    f"/{DEMO}/nothing/",
    f"/{DEMO}/x.css",
    "/de/nothing/",
    "/.env",
    "/s/x/y.css",
)


def _patterns(kind: str) -> re.Pattern[str]:
    """Return the addresses of a row of the table."""
    written = re.findall(r"`(/[^`]*)`", _ROWS[kind][0])
    parts = [re.escape(one).replace("<slug>", "[a-z0-9-]+") for one in written if one != "/de"]
    parts = [one.replace("<token>", "[^/]+").replace("…", ".*") for one in parts]
    whole = [
        f"(?:/de)?{one}" if kind == "public" and one.endswith(("/", "*")) else one for one in parts
    ]
    return re.compile("|".join(whole))


ADDRESSES = {kind: _patterns(kind) for kind in _ROWS}


def kind_of(path: str, answer: Answer) -> str:
    """Return the row of the table that an answer belongs to."""
    if path.startswith(("/admin/", "/accounts/")):
        return "staff"
    if answer.status >= 400:
        return "errors"
    if path.startswith("/static/"):
        return "files"
    for kind in ("private", "public"):
        if answer.status == 200 and ADDRESSES[kind].fullmatch(path):
            return kind
    return "all others"


def paths() -> list[str]:
    known = [path.replace("/open-letter/", f"/{DEMO}/") for path in all_paths()]
    return [*(path for path in known if not path.startswith("/admin/r/")), *UNKNOWN]


def expected_of(kind: str) -> Callable[[str], bool]:
    return {
        "public": lambda said: said == PUBLIC,
        "staff": lambda said: "no-store" in said,
        "files": lambda said: said == "max-age=315360000, public, immutable",
    }.get(kind, lambda said: said == "no-store")


def test_f20_each_address_is_kept_as_the_table_says(
    nginx: Door, site: LiveSite, subtests: pytest.Subtests
) -> None:
    files = (site.site.environment.var / "static/js").glob("live-count.????????????.js")
    found: dict[str, int] = {}
    for path in [*paths(), *(f"/static/js/{file.name}" for file in files)]:
        first, again = nginx.get(path), nginx.get(path)
        kind = kind_of(path, again)
        found[kind] = found.get(kind, 0) + 1
        with subtests.test(path):
            assert first.status == again.status < 500
            assert expected_of(kind)(again.headers.get("Cache-Control", ""))
            was_kept = again.headers["X-Cache-Status"] != "MISS"
            assert was_kept == (kind in {"public", "files"})
            assert kind == "staff" or "Set-Cookie" not in again.headers
            assert "Cookie" not in again.headers.get("Vary", "") or kind == "staff"
    assert found["public"] > 15
    assert set(found) == {"public", "private", "staff", "errors", "all others", "files"}


# --- Growing old ----------------------------------------------------------------------------------


@pytest.fixture
def quiet(site: LiveSite, tmp_path: Path) -> Iterator[Door]:
    """nginx with a cache that nobody has read from yet."""
    with running_nginx(tmp_path, [site.site.environment.port]) as door:
        yield door


def test_t37_what_a_visitor_sends_changes_nothing_that_is_kept_for_others(
    quiet: Door, nginx: Door
) -> None:
    page = f"/{DEMO}/versions/"
    forged = {"X-Forwarded-Host": "evil.example", "Cookie": "session=x", "Accept-Language": "de"}
    quiet.get(page, forged)
    kept = quiet.get(page)
    assert kept.headers["X-Cache-Status"] != "MISS"
    assert kept.text == nginx.get(page).text
    assert "evil" not in kept.text
    assert quiet.ask(f"GET {page}", [("Host", "evil.example")]).status == 400
    # What the page does not depend on leads to its own address, and is not kept.
    assert quiet.get(f"{page}?t37").status == 301
    assert quiet.get(f"{page}?t37").headers["X-Cache-Status"] in {"MISS", "BYPASS", "EXPIRED"}


def _kept(folder: Path) -> list[Path]:
    """Return the files in which nginx keeps answers."""
    return [file for file in (folder / "cache").rglob("*") if file.is_file()]


def _good_until(file: Path) -> int:
    """Return until when what is kept in a file is good: nginx begins each with that time."""
    version, good_until, renewed_for, _error = struct.unpack("@Lqqq", file.read_bytes()[:32])
    assert (version, renewed_for) in {(5, WHILE_RENEWED), (5, 0)}
    return int(good_until)


def expire(folder: Path, *, seconds_ago: int) -> None:
    """Let everything that is kept have been good until so long ago."""
    assert _kept(folder)
    for file in _kept(folder):
        assert _good_until(file)
        with file.open("r+b") as kept:
            kept.seek(8)
            kept.write(struct.pack("@q", int(time.time()) - seconds_ago))


@pytest.fixture
def signer(site: LiveSite) -> Person:
    """Somebody who stands on the list."""
    person = somebody()
    site.manage_shell(
        "from openletter.letters.models import Letter\n"
        "from tests.factories import make_published\n"
        f"make_published(Letter.objects.get(slug={DEMO!r}), name={person.name!r},"
        f" email={person.email!r}, show_name=True)"
    )
    return person


def take_back(site: LiveSite, straight: Door, person: Person) -> None:
    """Withdraw, and wait until the site itself shows the name no more."""
    site.manage_shell(
        "from django.utils import timezone\n"
        "from openletter.self_service import changes\n"
        "from openletter.signatures.models import Signature\n"
        f"changes.withdraw(Signature.objects.get(name={person.name!r}).pk, now=timezone.now())"
    )
    until(lambda: person.name not in straight.get(NAMES).text, "a page without the name")


NAMES = f"/{DEMO}/signatures/"


def test_f32_a_name_taken_back_is_gone_in_time_from_a_page_that_nobody_read_before(
    site: LiveSite, straight: Door, quiet: Door, signer: Person, tmp_path: Path
) -> None:
    until(lambda: signer.name in straight.get(NAMES).text, "a page with the name")
    assert signer.name in quiet.get(NAMES).text
    take_back(site, straight, signer)
    expire(tmp_path, seconds_ago=WHILE_RENEWED + 1)
    assert signer.name not in quiet.get(NAMES).text


def test_f20_a_page_is_kept_for_no_longer_than_the_table_says(quiet: Door, tmp_path: Path) -> None:
    quiet.get(NAMES)
    came_at = parsedate_to_datetime(quiet.get(NAMES).headers["Date"]).timestamp()
    (kept,) = _kept(tmp_path)
    assert _good_until(kept) - came_at <= MAX_AGE


def test_f32_a_page_that_is_read_is_renewed_behind_the_first_who_comes_late(
    site: LiveSite, straight: Door, quiet: Door, signer: Person, tmp_path: Path
) -> None:
    until(lambda: signer.name in straight.get(NAMES).text, "a page with the name")
    quiet.get(NAMES)
    take_back(site, straight, signer)
    expire(tmp_path, seconds_ago=1)
    assert quiet.get(NAMES).headers["X-Cache-Status"] == "STALE"
    until(lambda: signer.name not in quiet.get(NAMES).text, "a page without the name")


def test_f20_while_the_site_is_away_pages_are_read_for_as_long_as_the_table_says(
    site: LiveSite, tmp_path: Path
) -> None:
    web = site.site.environment.port
    with running_nginx(tmp_path, [web]) as door:
        page = door.get(f"/{DEMO}/")
    away = {f"127.0.0.1:{web} ": "127.0.0.1:1 "}
    with running_nginx(tmp_path, [web], away) as door:
        expire(tmp_path, seconds_ago=3600)
        assert door.get(f"/{DEMO}/").text == page.text
        expire(tmp_path, seconds_ago=IF_ERROR + 1)
        assert door.get(f"/{DEMO}/").status == 502
