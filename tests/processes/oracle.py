"""The truth outside the site: whom it said yes to, and what came out of SMTP."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.live.letterbox import Mail
from tests.live.people import Person, somebody
from tests.live.site import LiveSite
from tests.live.waiting import until

AT_A_TIME = 4


def sign_as(site: LiveSite, number: int) -> list[Person]:
    """Sign as so many people, some at the same time; every one of them is accepted."""
    people = [somebody() for _ in range(number)]
    with ThreadPoolExecutor(AT_A_TIME) as crowd:
        list(crowd.map(site.sign, people))
    return people


def expect_one_mail_each(site: LiveSite, people: Sequence[Person]) -> None:
    """Nothing is lost (I1, I3), and nobody gets a copy: nothing was killed (I5)."""
    assert copies(site, people) == 0


def copies(site: LiveSite, people: Sequence[Person]) -> int:
    """Return how many mails came more than once; every copy says the same (I7), none is lost."""
    number = 0
    for mails in wait_for_all(site, people).values():
        assert len({(mail.message_id, mail.link, mail.code) for mail in mails}) == 1
        number += len(mails) - 1
    return number


def wait_for_all(site: LiveSite, people: Sequence[Person]) -> dict[str, list[Mail]]:
    """Wait until the site owes nobody a mail; return what came to each of these people."""
    until(lambda: not due(site), "the last mail that is due")
    mails: dict[str, list[Mail]] = defaultdict(list)
    for mail in site.letterbox.mails():
        mails[mail.recipient].append(mail)
    lost = [person.email for person in people if person.email not in mails]
    assert lost == []
    return {person.email: mails[person.email] for person in people}


def due(site: LiveSite) -> int:
    """Return how many mails have still to leave."""
    ((number,),) = site.ask("SELECT count(*) FROM mail_outgoingmail WHERE state = 'due'")
    return int(number)
