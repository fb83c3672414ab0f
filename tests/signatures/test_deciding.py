"""Everything that a decision rests on is in sight, and all of what is chosen is decided."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openletter.ledger.models import Tally
from openletter.letters.models import Letter
from openletter.signatures import decisions
from openletter.signatures.models import Signature
from tests.asking import change, fields_in
from tests.factories import make_letter, make_many, make_signature
from tests.signatures.steps import LIST, choose, messages_of
from tests.steps import state_of

pytestmark = pytest.mark.django_db
S = Signature.State
LONG = "A long comment. " * 20
WORDS = {
    "name": "Suzie <b>Signer</b>",
    "title": "Joiner <i>",
    "affiliation": "Nordhavn & Archive",
    "comment": "Vote <script>no</script>",
    "country": "IS",
}


def held(**fields: Any) -> Signature:
    return make_signature(state=S.HELD, confirmed_at=timezone.now(), **{**WORDS, **fields})


def pages(desk: Client, signature: Signature) -> dict[str, str]:
    """The three places at which somebody decides."""
    shown = {
        "list": desk.get(LIST),
        "question": choose(desk, "published", signature),
        "change page": desk.get(f"{LIST}{signature.pk}/change/"),
    }
    return {name: page.content.decode() for name, page in shown.items()}


def test_all_words_are_shown_wherever_somebody_decides(desk: Client) -> None:
    for where, page in pages(desk, held()).items():
        for words in (
            "Suzie &lt;b&gt;Signer&lt;/b&gt;",
            "Joiner &lt;i&gt;",
            "Nordhavn &amp; Archive",
            "Vote &lt;script&gt;no&lt;/script&gt;",
            "Iceland",
        ):
            assert words in page, (where, words)


def test_a_long_comment_folds_and_is_there_as_a_whole(desk: Client) -> None:
    shown = pages(desk, held(comment=LONG))
    for where in ("list", "question"):
        folded = re.search(r"<details class=\"folded\">.*?</details>", shown[where], re.DOTALL)
        assert folded, where
        assert LONG.strip() in folded[0]
    assert LONG.strip() in shown["change page"]


def test_an_organisation_and_a_name_that_is_not_shown_are_said_to_be_so(desk: Client) -> None:
    page = pages(desk, held(kind="organisation", show_name=False))["question"]
    assert ("Organisation" in page, "will not be shown" in page) == (True, True)


def test_words_that_changed_since_they_were_shown_are_shown_again(desk: Client) -> None:
    signature = held()
    asked = choose(desk, "published", signature)
    Signature.objects.update(name="Somebody Else")
    again = press(desk, asked)
    assert (state_of(signature), "Somebody Else" in again.content.decode()) == ("held", True)
    assert messages_of(press(desk, again)) == ["success"]
    assert state_of(signature) == "published"


def press(desk: Client, page: Any, **typed: str) -> Any:
    """Send the page that asks for the reason, with a reason."""
    text = page.content.decode()
    form = text[text.index('<div id="content"') :]
    keys = re.findall(r'name="_selected_action" value="(\d+)"', form)
    sent = {**fields_in(form), "reason": "a forgery", "_selected_action": keys, **typed}
    return desk.post(LIST, sent)


def number() -> int:
    return Tally.objects.get().people


@pytest.mark.slow
def test_select_all_decides_all_of_what_it_says(desk: Client, letter: Letter) -> None:
    make_many(letter, 299)
    first = Signature.objects.latest("pk")
    asked = choose(desk, "removed", first, select_across="1")
    assert "99 more are selected" in asked.content.decode()
    assert number() == 299
    asked = press(desk, asked)
    assert (number(), messages_of(asked)) == (99, ["success"])
    assert "a forgery" in asked.content.decode()  # the reason need not be typed again
    assert press(desk, asked).status_code == 302
    assert (number(), Signature.objects.filter(state="removed").count()) == (0, 299)


def test_what_cannot_be_decided_is_left_out_and_counted(desk: Client, letter: Letter) -> None:
    make_many(letter, 5)
    before = make_signature(
        letter, state=S.REMOVED, confirmed_at=timezone.now(), name="Removed Before"
    )
    gone = make_signature(letter, state=S.WITHDRAWN, confirmed_at=timezone.now())
    first = Signature.objects.latest("pk")
    asked = choose(desk, "removed", first, select_across="1")
    page = asked.content.decode()
    assert "2 of the entries you selected cannot be changed in this way and were left out" in page
    assert "Removed Before" not in page
    assert len(sent_by(asked)["_selected_action"]) == 5
    assert messages_of(press(desk, asked)) == ["success"]
    assert number() == 0
    assert (state_of(before), state_of(gone)) == ("removed", "withdrawn")


def test_when_none_of_it_can_be_decided_nothing_is_asked(desk: Client, letter: Letter) -> None:
    one = make_signature(letter, state=S.WITHDRAWN, confirmed_at=timezone.now())
    response = choose(desk, "published", one)
    assert (response.status_code, messages_of(response)) == (302, ["warning"])


def everyone(letter: Letter) -> list[Signature]:
    """One signature in every state, with its data and with it deleted."""
    made = []
    for state in S:
        confirmed = None if state in {S.PENDING, S.EXPIRED} else timezone.now()
        made.append(make_signature(letter, state=state, confirmed_at=confirmed))
    make_many(letter, 4)
    erased = list(Signature.objects.order_by("-pk")[:4])
    for one, state in zip(erased, (S.PUBLISHED, S.REMOVED, S.HELD, S.WITHDRAWN), strict=True):
        Signature.objects.filter(pk=one.pk).update(
            state=state, email="", email_domain="", erased_at=timezone.now()
        )
    never = make_signature(letter, state=S.REMOVED, confirmed_at=timezone.now())
    Signature.objects.filter(pk=never.pk).update(
        email="", email_domain="", erased_at=timezone.now()
    )
    return [*made, *erased, never]


@pytest.mark.parametrize("to", [S.PUBLISHED, S.HELD, S.REMOVED])
def test_what_is_left_out_is_what_could_not_be_decided(letter: Letter, to: S) -> None:
    keys = [one.pk for one in everyone(letter)]
    rows = Signature.objects.filter(pk__in=keys)
    possible = set(decisions.possible(rows, to=to).values_list("pk", flat=True))
    decided = set()
    for one in list(rows):
        with suppress(decisions.NotAllowed):
            decisions.decide(
                signature_id=one.pk, revision=one.revision, to=to, actor_id=None,
                reason="because", now=timezone.now(),
            )  # fmt: skip
            decided.add(one.pk)
    assert possible == decided
    assert decided


@pytest.mark.slow
def test_what_came_after_the_choice_is_not_decided_with_it(desk: Client, letter: Letter) -> None:
    make_many(letter, 201)
    asked = choose(desk, "removed", Signature.objects.latest("pk"), select_across="1")
    make_many(letter, 0)
    late = make_signature(letter, state=S.HELD, confirmed_at=timezone.now())
    press(desk, press(desk, asked))
    assert (number(), state_of(late)) == (0, "held")


@pytest.mark.slow
def test_more_than_can_be_decided_in_a_row_is_refused_with_the_number(
    desk: Client, letter: Letter
) -> None:
    make_many(letter, 2001)
    one = Signature.objects.latest("pk")
    response = desk.post(
        LIST, {"action": "removed", "_selected_action": str(one.pk), "select_across": "1"}
    )
    assert messages_of(response) == ["error"]
    assert number() == 2001


@pytest.mark.slow
def test_a_wrong_reason_loses_nothing_of_what_is_chosen(desk: Client, letter: Letter) -> None:
    make_many(letter, 201)
    asked = choose(desk, "removed", Signature.objects.latest("pk"), select_across="1")
    asked = press(desk, asked, reason="")
    assert asked.context["form"].errors
    press(desk, press(desk, asked))
    assert number() == 0


def test_a_filter_hides_nothing_that_was_chosen(desk: Client) -> None:
    """Another moderator decided meanwhile, so that the list's own filter leaves it out."""
    mine, other = held(), held(email="other@example.org")
    query = f"{LIST}?state__exact=held"
    chosen = [str(mine.pk), str(other.pk)]
    asked = desk.post(query, {"action": "removed", "_selected_action": chosen})
    Signature.objects.filter(pk=other.pk).update(state="removed")
    again = desk.post(query, {**sent_by(asked), "reason": "a forgery"})
    assert (state_of(mine), "have changed" in again.content.decode()) == ("removed", True)


def sent_by(page: Any) -> dict[str, Any]:
    text = page.content.decode()
    form = text[text.index('<div id="content"') :]
    keys = re.findall(r'name="_selected_action" value="(\d+)"', form)
    return {**fields_in(form), "_selected_action": keys}


def test_choosing_what_is_gone_says_that_nothing_was_changed(desk: Client) -> None:
    held()
    response = desk.post(LIST, {"action": "removed", "_selected_action": "123456789"})
    assert messages_of(response) == ["warning"]


def test_headings_call_a_signature_by_its_name_and_the_log_does_not(desk: Client) -> None:
    from django.contrib.admin.models import LogEntry

    signature = held()
    page = f"{LIST}{signature.pk}/change/"
    assert "<h2>Suzie &lt;b&gt;Signer&lt;/b&gt;</h2>" in desk.get(page).content.decode()
    change(desk, page, {"first_position": "3"})
    entry = LogEntry.objects.get()
    assert "Suzie" not in f"{entry.object_repr} {entry.change_message}"
    assert str(signature.public_id) not in entry.object_repr


def test_the_list_takes_the_same_queries_whatever_it_shows(desk: Client) -> None:
    from tests.queries import queries_of

    letter = make_letter(slug="other", asks_comment=True)
    make_many(letter, 1, comment=LONG)
    few = queries_of(desk, LIST)
    make_many(letter, 30, comment=LONG, flags=["burst"], held_because="moderator")
    assert queries_of(desk, LIST) == few
