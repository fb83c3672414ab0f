"""The two classes of answers, and the cache of a second that stands before the public one."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.test import RequestFactory

from openletter.lib.http import page_cache
from openletter.lib.http.answer_classes import PUBLIC, private, public
from openletter.lib.http.page_cache import PublicCache
from tests.live.waiting import PATIENCE

Answer = Callable[[HttpRequest], HttpResponse]


class Clock:
    """Stands in for the module `time` in page_cache.py."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Clock:
    settings.PUBLIC_CACHE_SECONDS = 1
    clock = Clock()
    monkeypatch.setattr(page_cache, "time", clock)
    return clock


class Site:
    """A view behind the cache, that counts how often it is asked."""

    def __init__(self, answer: Answer | None = None) -> None:
        self.asked = 0
        self._answer = answer or public(lambda _request: HttpResponse(f"answer {self.asked}"))
        self.cache = PublicCache(self._count)

    def _count(self, request: HttpRequest) -> HttpResponse:
        self.asked += 1
        return self._answer(request)

    def get(self, path: str = "/", **headers: str) -> HttpResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.cache(RequestFactory().get(path, headers=named))


def page(text: str) -> Answer:
    return public(lambda _request: HttpResponse(text))


def test_a_public_answer_may_be_kept_by_anyone() -> None:
    response = Site().get()
    assert response["Cache-Control"] == PUBLIC
    assert PUBLIC == "public, max-age=10, stale-while-revalidate=60, stale-if-error=86400"
    assert response["ETag"].startswith('W/"')
    assert response["Vary"] == "Accept-Encoding"


def test_a_private_answer_is_stored_by_nobody_and_found_by_no_search_engine() -> None:
    response = private(lambda _request: HttpResponse("for you"))(RequestFactory().get("/"))
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex"


def test_what_says_nothing_about_caching_is_not_kept() -> None:
    site = Site(lambda _request: HttpResponse("plain"))
    assert site.get()["Cache-Control"] == "no-store"
    site.get()
    assert site.asked == 2


def test_within_its_second_an_answer_is_given_again(clock: Clock) -> None:
    site = Site()
    site.get()
    clock.now += 0.9
    assert site.get().content == b"answer 1"
    clock.now += 0.2
    assert site.get().content == b"answer 2"


def test_an_operator_can_switch_it_off(settings: Any) -> None:
    settings.PUBLIC_CACHE_SECONDS = 0
    site = Site()
    site.get()
    site.get()
    assert site.asked == 2


@pytest.mark.parametrize("tags", ["?utm_source=x", "?fbclid=1&utm_campaign=y", "?v=2", "?after=5"])
def test_campaign_tags_lead_to_the_one_answer_and_cost_nothing(tags: str) -> None:
    site = Site()
    site.get("/letter/")
    response = site.get(f"/letter/{tags}")
    assert (response.status_code, response["Location"]) == (301, "/letter/")
    assert response["Cache-Control"] == "no-store"
    assert site.asked == 1


@pytest.mark.parametrize("tags", ["?utm_source=x", "?fbclid=1&utm_campaign=y", "?v=2", "?after=5"])
def test_t37_what_was_asked_with_other_parameters_is_never_kept(tags: str) -> None:
    site = Site(public(lambda request: HttpResponse(request.GET.get("v", "nothing"))))
    for _ in range(2):
        response = site.get(f"/letter/{tags}")
        assert (response.status_code, response["Location"]) == (301, "/letter/")
    assert site.asked == 2
    assert site.cache._kept == {}
    assert site.get("/letter/").content == b"nothing"


def list_of_names() -> Site:
    return Site(public(varies_by=("after", "of"))(lambda request: HttpResponse(str(request.GET))))


def test_pages_of_a_list_are_told_apart() -> None:
    site = Site(public(varies_by=("after",))(lambda _request: HttpResponse("names")))
    for path in ("/l/", "/l/?after=100", "/l/?after=50", "/m/"):
        site.get(path)
    assert site.asked == 4


def test_t37_a_forged_host_gets_no_kept_answer_but_the_sites_refusal() -> None:
    site = Site()
    site.get()
    site.cache(RequestFactory().get("/", headers={"Host": "evil.example"}))
    assert site.asked == 2


@pytest.mark.parametrize("wanted", ["{}", "*", '"other", {}'])
def test_who_has_the_answer_already_is_told_so(wanted: str) -> None:
    site = Site()
    etag = site.get()["ETag"]
    response = site.get(If_None_Match=wanted.format(etag))
    assert (response.status_code, response.content) == (304, b"")
    assert (response["ETag"], response["Cache-Control"]) == (etag, PUBLIC)


@pytest.mark.parametrize("wanted", ['W/"another"', 'W/"a*b"', "another", '"', ""])
def test_who_has_another_answer_gets_this_one(wanted: str) -> None:
    assert Site().get(If_None_Match=wanted).status_code == 200


def test_the_etag_is_of_the_page_and_not_of_the_moment(clock: Clock) -> None:
    site = Site(page("always the same"))
    first = site.get()["ETag"]
    clock.now += 60
    assert site.get()["ETag"] == first
    assert Site(page("another")).get()["ETag"] != first


def test_a_long_page_is_compressed_for_who_can_read_it() -> None:
    text = "listen " * 1000
    site = Site(page(text))
    packed, plain = site.get(Accept_Encoding="br, gzip"), site.get()
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content).decode() == text
    assert len(packed.content) == int(packed["Content-Length"]) < len(plain.content)
    assert (plain.content.decode(), plain.has_header("Content-Encoding")) == (text, False)
    assert packed["ETag"] == plain["ETag"]


@pytest.mark.parametrize("accepted", ["gzip;q=0", "gzip; q=0, br", "identity"])
def test_who_refuses_compression_gets_none(accepted: str) -> None:
    site = Site(page("listen " * 1000))
    assert not site.get(Accept_Encoding=accepted).has_header("Content-Encoding")


def test_a_short_answer_is_not_compressed() -> None:
    assert not Site(page("short")).get(Accept_Encoding="gzip").has_header("Content-Encoding")


def with_cookie(request: HttpRequest) -> HttpResponse:
    response = public(lambda _request: HttpResponse("for you"))(request)
    response.set_cookie("session", "1")
    return response


def varying_by_cookie(request: HttpRequest) -> HttpResponse:
    response = public(lambda _request: HttpResponse("for you"))(request)
    response["Vary"] = "Accept-Encoding, Cookie"
    return response


NEVER_KEPT: dict[str, Answer] = {
    "private": private(lambda _request: HttpResponse("for you")),
    "not found": public(lambda _request: HttpResponseNotFound("nothing")),
    "an error": public(lambda _request: HttpResponse("oops", status=500)),
    "a cookie": with_cookie,
    "varies by cookie": varying_by_cookie,
}


@pytest.mark.parametrize("answer", NEVER_KEPT.values(), ids=NEVER_KEPT.keys())
def test_t37_what_may_be_about_one_person_is_never_kept(answer: Answer) -> None:
    site = Site(answer)
    for _ in range(2):
        assert site.get()["Cache-Control"] == "no-store"
    assert site.asked == 2


def test_a_post_is_never_answered_from_the_cache() -> None:
    site = Site()
    site.get()
    site.cache(RequestFactory().post("/"))
    assert site.asked == 2


def test_head_is_answered_like_get() -> None:
    site = Site(page("x" * 10))
    head = site.cache(RequestFactory().head("/"))
    get = site.get()
    assert site.asked == 1
    assert head["ETag"] == get["ETag"]
    assert head["Content-Length"] == get["Content-Length"] == "10"


def test_a_page_that_is_gone_is_no_longer_given_out(clock: Clock) -> None:
    gone = False

    def answer(_request: HttpRequest) -> HttpResponse:
        return HttpResponseNotFound() if gone else HttpResponse("here")

    site = Site(public(answer))
    site.get()
    gone = True
    clock.now += 2
    assert site.get().status_code == 404
    assert site.get().status_code == 404


def test_a_view_that_breaks_once_is_asked_again(clock: Clock) -> None:
    def answer(_request: HttpRequest) -> HttpResponse:
        if site.asked == 2:
            raise RuntimeError
        return HttpResponse(f"answer {site.asked}")

    site = Site(public(answer))
    site.get()
    clock.now += 2
    with pytest.raises(RuntimeError):
        site.get()
    assert site.get().content == b"answer 3"


class SlowSite(Site):
    """A site whose second answer takes until somebody says so."""

    def __init__(self) -> None:
        super().__init__(public(self._slowly))
        self._renewing, self._finish = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self.get)

    def _slowly(self, _request: HttpRequest) -> HttpResponse:
        number = self.asked
        if number == 2:
            self._renewing.set()
            assert self._finish.wait(PATIENCE)
        return HttpResponse(f"answer {number}")

    def begin_to_renew(self) -> None:
        self._thread.start()
        assert self._renewing.wait(PATIENCE)

    def finish(self) -> None:
        self._finish.set()
        self._thread.join(PATIENCE)


@pytest.fixture
def slow() -> Iterator[SlowSite]:
    site = SlowSite()
    yield site
    site.finish()


def test_while_one_thread_renews_the_others_go_on_with_the_last_answer(
    clock: Clock, slow: SlowSite
) -> None:
    slow.get()
    clock.now += 2
    slow.begin_to_renew()
    others = [slow.get().content for _ in range(20)]
    slow.finish()
    assert others == [b"answer 1"] * 20
    assert slow.get().content == b"answer 2"
    assert slow.asked == 2


def test_an_answer_much_older_than_its_second_is_given_to_nobody(
    clock: Clock, slow: SlowSite
) -> None:
    slow.get()
    clock.now += 2
    slow.begin_to_renew()
    clock.now += 9
    assert slow.get().content == b"answer 3"


def test_t37_an_attacker_cannot_fill_the_memory_with_pages() -> None:
    site = list_of_names()
    for number in range(1000):
        site.get(f"/signatures/?after={number}")
    assert site.asked == 1000
    assert len(site.cache._kept) == 300


class Failing:
    """A site whose database goes away and comes back."""

    def __init__(self) -> None:
        self.is_away = False
        self.site = Site(self._answer)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if self.is_away:
            return HttpResponse("out of reach", status=503)
        return public(lambda _request: HttpResponse(f"answer {self.site.asked}"))(request)


@pytest.fixture
def failing() -> Failing:
    return Failing()


def test_f13_while_the_database_is_away_the_last_answer_stands_in(
    failing: Failing, clock: Clock
) -> None:
    failing.site.get()
    failing.is_away = True
    for _ in range(100):
        clock.now += 30
        response = failing.site.get()
        assert (response.status_code, response.content) == (200, b"answer 1")
        assert response["Cache-Control"] == PUBLIC
    failing.is_away = False
    assert failing.site.get().content == b"answer 102"


def test_f13_it_is_found_by_a_link_with_campaign_tags_too(failing: Failing) -> None:
    failing.site.get("/letter/")
    failing.is_away = True
    response = failing.site.get("/letter/?utm_source=x")
    assert (response.status_code, response["Location"]) == (301, "/letter/")
    assert failing.site.get("/letter/").content == b"answer 1"


def test_an_answer_older_than_an_hour_stands_in_for_nothing(failing: Failing, clock: Clock) -> None:
    failing.site.get()
    failing.is_away = True
    clock.now += 3601
    assert [failing.site.get().status_code for _ in range(2)] == [503, 503]


def test_an_answer_that_was_never_given_cannot_stand_in(failing: Failing) -> None:
    failing.is_away = True
    response = failing.site.get()
    assert (response.status_code, response["Cache-Control"]) == (503, "no-store")


@pytest.mark.parametrize("status", [404, 500])
def test_any_other_error_is_passed_on(clock: Clock, status: int) -> None:
    answers = iter([page("as ever"), public(lambda _request: HttpResponse(status=status))])
    site = Site(lambda request: next(answers)(request))
    site.get()
    clock.now += 2
    assert site.get().status_code == status
