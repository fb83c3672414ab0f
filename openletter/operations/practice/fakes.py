"""Eight kinds of fakes, as lists have seen them. One function each, listed by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from openletter.operations.practice.people import LASTS, Invented, name, somebody

# Invented, and famous in this letter only: its watch list, and those who signed it first.
WATCHED = (
    "Cordelia Fairweather",
    "Maximilian Thornquist",
    "Anselm Rabenhorst",
    "Ottoline Greville",
    "Benedetta Corvino",
)
FIRST = ("Prof. Dr. Leonie Sternhagen", "Casimir Oakenfold", "Ingeborg Tannwald")

_LOOK_ALIKE = str.maketrans("aeocpxyAEOCPTMBH", "аеосрхуАЕОСРТМВН")
_THROWAWAY = ("mailinator.com", "yopmail.com", "guerrillamail.com", "10minutemail.com")
_SLOGANS = (
    "Stop this letter now",
    "You are all wrong about this",
    "Nobody must sign this!",
    "Wir sind dagegen und das ist auch gut so, jetzt und immer",
    "Nicht mit uns",
    "Vote against the letter",
    "#letterexit",
    "Free coins for everybody who is fast!",
    "We know where your money goes and we will never forget it",
    "Non au texte, c'est pas possible",
)
_LINKS = ("win.casino", "cheap-pills.shop", "free-coins.xyz", "loans.click", "evil.com")
_DRUMMED = ("aaaaaaa", "HAHAHAAAAAA", "asdffffff", "xxxxxx", "Noooooo", "lolllll", "Zzzzzzzz")


def forged_names(dice: Random, person: Invented, number: int) -> Invented:
    """Somebody famous: as they are, with a title, misspelled, or in look-alike letters."""
    famous = dice.choice(WATCHED)
    at = dice.randrange(2, len(famous) - 2)
    spelled = (
        famous,
        famous.translate(_LOOK_ALIKE),
        f"Prof. Dr. {famous}",
        famous.upper(),
        ", ".join(reversed(famous.split())),
        famous[:at] + famous[at + 1 :] if famous[at] != " " else famous,
    )
    return replace(person, name=spelled[number % len(spelled)])


def throwaway_mailboxes(dice: Random, person: Invented, number: int) -> Invented:
    return replace(person, email=f"{person.email.partition('@')[0]}@{dice.choice(_THROWAWAY)}")


def one_network(dice: Random, person: Invented, number: int) -> Invented:
    """A program that signs every few seconds, with names from a telephone book."""
    came = LASTS / 3 + timedelta(seconds=4 * number)
    return replace(person, network="198.51.100.255", came=came)


def slogans(dice: Random, person: Invented, number: int) -> Invented:
    return replace(person, name=_SLOGANS[number % len(_SLOGANS)])


def links(dice: Random, person: Invented, number: int) -> Invented:
    link = dice.choice(_LINKS)
    if number % 2:
        return replace(person, comment=f"You have won. Look at {link} today")
    return replace(person, name=f"{person.name.split()[0]} {link}", is_organisation=False)


def same_names(dice: Random, person: Invented, number: int) -> Invented:
    """One who signed first, once more; and one nobody knows, again and again within hours."""
    if number % 2:
        return replace(person, name=dice.choice(FIRST).removeprefix("Prof. Dr. "))
    came = LASTS / 2 + timedelta(minutes=20 * number)
    confirms = timedelta(minutes=2 + dice.random())
    return replace(person, name="Gregor Immerda", came=came, confirms_after=confirms)


def drummed_letters(dice: Random, person: Invented, number: int) -> Invented:
    return replace(person, name=_DRUMMED[number % len(_DRUMMED)])


def quick_confirmations(dice: Random, person: Invented, number: int) -> Invented:
    """A program that reads its own mail, and has a network for each."""
    return replace(person, confirms_after=timedelta(seconds=1 + 2 * dice.random()))


@dataclass(frozen=True)
class Kind:
    """How a kind is called in the account, and what makes an honest person one of it."""

    name: str
    forge: Callable[[Random, Invented, int], Invented]


KINDS = (
    Kind("forged names", forged_names),
    Kind("throwaway mailboxes", throwaway_mailboxes),
    Kind("one network", one_network),
    Kind("slogans", slogans),
    Kind("links", links),
    Kind("the same names", same_names),
    Kind("drummed letters", drummed_letters),
    Kind("quick confirmations", quick_confirmations),
)


def fake(dice: Random, number: int, email_number: int) -> Invented:
    """Return the fake of this number; all of them confirm."""
    kind = KINDS[number % len(KINDS)]
    person = replace(
        somebody(dice, email_number),
        fake=kind.name,
        name=name(dice),
        is_organisation=False,
        confirms_after=timedelta(minutes=1 + 20 * dice.random()),
    )
    return kind.forge(dice, person, number // len(KINDS))


def invent(*, people: int, fakes: int, seed: int) -> list[Invented]:
    """Return so many, fakes among them, in the order in which they come; the same for a seed."""
    dice = Random(seed)  # noqa: S311 - nothing is secret here
    which = set(dice.sample(range(people), fakes))
    forged = iter(range(fakes))
    found = [
        fake(dice, next(forged), number) if number in which else somebody(dice, number)
        for number in range(people)
    ]
    return sorted(found, key=lambda one: one.came)
