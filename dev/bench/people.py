"""Invented people: names as they are written around the world, in numbers."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

UNNAMED = 0.10
ORGANISATIONS = 0.03

_FIRST = """
Amara Andreas Anna Antonio Ayşe Beatriz Bogdan Bruno Camille Carlos Charlotte Chiara Dilnoza Élodie
Emma Erik Fatima Felix Françoise Gabriel Giulia Grace Håkon Hannah Ines Ingrid Ivan Jakub Jana
Johannes José Julia Kavya Kofi Krzysztof Lars Laura Léa Liam Lucía Magdalena Marek María Markus
Mehmet Michael Mohamed Nadia Nguyễn Nikos Noor Olga Oluwaseun Paul Petra Priya Rafał Sarah Sofia
Søren Stefan Susanne Thandiwe Thomas Tomáš Ulrike Valentina Wei Yasmin Yuki Zoë
"""
_LAST = """
Abubakar Almeida Andersen Bauer Becker Belmonte Bianchi Björklund Castillo Černý Chaudhary Costa
Dąbrowski Demir Dubois Eriksson Fernández Ferrari Fischer Fontaine García Georgiou González Großmann
Haddad Hansen Hernández Hoffmann Horváth Ibrahim Ivanova Jansen Jóhannsdóttir Johnson Kaya Kessler
Kowalczyk Krüger Kumar Lefèvre Lindqvist López Mansour Martín Mbeki Moreau Müller Nakamura Ndiaye
Nowak O'Brien Ó'Súilleabháin Okafor Öztürk Papadopoulos Patel Pereira Petrov Popescu Ramírez Rossi
Sæther Santos Schäfer Schmidt Schwarz Silva Smith Svensson Tanaka Thompson Tran Vasquez Virtanen
Wagner Weiß Williams Wójcik Yılmaz Zimmermann
"""
_ELSEWHERE = (
    *(
        "陈思远",
        "王伟",
        "김민준",
        "田中 美咲",
        "Мария Иванова",
        "Дмитрий Соколов",
        "Ελένη Παπαδάκη",
    ),
    *("سلمى بنعيسى", "יעל כהן", "प्रिया शर्मा", "สมชาย ใจดี", "Олена Шевченко"),
)
_TITLES = """Professor|Dr.|Teacher|Nurse|Engineer|Librarian|Student|Journalist|Physician|Researcher|
Software developer|Translator|Retired|Lecturer|Architect|Social worker|Statistician"""
_PLACES = "Tiefenbach|Oosterwaard|Lakeside|Steinberg|Vesturgata|Coimbavati|Harbour City|Belmonte"
_BODIES = "University of {}|Public Library of {}|{} Institute|City of {}|{} Hospital|School of {}"
_GROUPS = "Citizens of {}|{} Makers' Association|Friends of {} Library|{} Data Collective"
_COUNTRIES = "DE|DE|DE|FR|GB|US|US|ES|IT|PL|NL|SE|AT|CH|BR|IN|JP|CA|MX|NG|TR|GR|CZ|PT|IE|ZA"
# So many that no limit of a domain is met, as little as of a crowd's own.
_DOMAINS = 5_000

_FIRST_NAMES, _LAST_NAMES = _FIRST.split(), _LAST.split()


@dataclass(frozen=True)
class Person:
    """What somebody types into the form."""

    kind: str
    name: str
    email: str
    title: str
    affiliation: str
    country: str
    show_name: bool
    updates: bool


def people(number: int, *, series: str) -> Iterator[Person]:
    """Yield so many; the same series always gives the same, and no address occurs in two."""
    chance = random.Random(series)  # noqa: S311 - no secrets
    bodies, groups, titles = (words.split("|") for words in (_BODIES, _GROUPS, _TITLES))
    places, countries = _PLACES.split("|"), _COUNTRIES.split("|")
    for count in range(number):
        is_group = chance.random() < ORGANISATIONS
        affiliation = chance.choice(bodies).format(chance.choice(places))
        yield Person(
            kind="organisation" if is_group else "person",
            name=f"{chance.choice(groups).format(chance.choice(places))} {count % 97}"
            if is_group
            else _name(chance),
            email=f"{series}.{count:x}.{chance.randrange(1 << 20):x}"
            f"@d{chance.randrange(_DOMAINS)}.example.org",
            title="" if is_group or chance.random() < 0.4 else chance.choice(titles).strip(),
            affiliation="" if is_group or chance.random() < 0.4 else affiliation,
            country="" if chance.random() < 0.2 else chance.choice(countries),
            show_name=chance.random() >= UNNAMED,
            updates=chance.random() < 0.3,
        )


def _name(chance: random.Random) -> str:
    first, last, draw = _FIRST_NAMES, _LAST_NAMES, chance.random()
    if draw < 0.06:
        return chance.choice(_ELSEWHERE)
    middle = f" {chance.choice('ABCDEFGHJKLMNPRSTW')}." if draw < 0.2 else ""
    double = f"-{chance.choice(last)}" if draw > 0.93 else ""
    return f"{chance.choice(first)}{middle} {chance.choice(last)}{double}"
