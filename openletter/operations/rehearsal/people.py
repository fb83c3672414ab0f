"""Invented people, put together inside the database: a word of each list by the row's number."""

from __future__ import annotations

from openletter.lib.db.search import fold

_FIRST = """
Amara Andreas Anna Ayşe Beatriz Bogdan Bruno Camille Chiara Dilnoza Élodie Emma Erik Fatima Giulia
Håkon Ingrid Ivan Jakub José Kavya Kofi Lars Léa Lucía Marek Mehmet Nadia Nikos Noor Olga Paul Petra
Priya Rafał Søren Thandiwe Ulrike Yuki Zoë
"""
_LAST = """
Abubakar Almeida Bauer Belmonte Björklund Castillo Černý Costa Dąbrowski Demir Dubois Eriksson
Fernández Ferrari Fontaine Georgiou González Großmann Haddad Hansen Horváth Ivanova Jóhannsdóttir
Kowalczyk Krüger Lefèvre López Mansour Mbeki Moreau Nakamura Ndiaye Okafor Öztürk Patel Popescu
Santos Schäfer Tanaka Wójcik
"""
_GROUPS = ("Citizens of", "Friends of", "Makers of", "Libraries of", "Teachers of")
_PLACES = ("Tiefenbach", "Oosterwaard", "Lakeside", "Steinberg", "Vesturgata", "Coimbavati")
_TITLES = ("", "", "Professor", "Teacher", "Nurse", "Engineer", "Librarian", "Researcher")
_BODIES = ("", "", "University", "Public Library", "Institute", "City", "Hospital", "School")
_COUNTRIES = ("", "DE", "DE", "FR", "GB", "US", "ES", "IT", "PL", "NL", "SE", "AT", "BR", "IN")

_WORDS = {
    "first": tuple(_FIRST.split()),
    "last": tuple(_LAST.split()),
    "groups": _GROUPS,
    "places": _PLACES,
    "titles": _TITLES,
    "bodies": _BODIES,
    "countries": _COUNTRIES,
}
# As the statements take them; `folded_…` is how the desk's search spells a word.
PARAMETERS: dict[str, object] = {
    **{f"typed_{name}": list(words) for name, words in _WORDS.items()},
    **{f"folded_{name}": [fold(word) for word in words] for name, words in _WORDS.items()},
}


def _word(name: str, *, folded: bool = False) -> str:
    place = list(_WORDS).index(name)
    spelled = f"folded_{name}" if folded else f"typed_{name}"
    chance = f"(hashint8extended(n, {place}) & 1048575) %% {len(_WORDS[name])}"
    return f"(%({spelled})s::text[])[1 + {chance}]"


_IS_GROUP = "n %% 33 = 0"
_INITIAL = "chr(65 + ((hashint8extended(n, 77) & 1048575) %% 26)::int)"


def _of_group(group: str, person: str) -> str:
    return f"CASE WHEN {_IS_GROUP} THEN {group} ELSE {person} END"


_NAME = _of_group(
    f"{_word('groups')} || ' ' || {_word('places')}",
    f"{_word('first')} || ' ' || {_INITIAL} || '. ' || {_word('last')}",
)
_FOLDED_NAME = _of_group(
    f"{_word('groups', folded=True)} || {_word('places', folded=True)}",
    f"{_word('first', folded=True)} || ' ' || lower({_INITIAL}) || {_word('last', folded=True)}",
)
_FOLDED_REST = _of_group("''", f"{_word('titles', folded=True)} || {_word('bodies', folded=True)}")

# What the form asks for, by column, as SQL in which `n` is the row's number.
COLUMNS = {
    "kind": _of_group("'organisation'", "'person'"),
    "name": _NAME,
    "title": _of_group("''", _word("titles")),
    "affiliation": _of_group("''", _word("bodies")),
    "country": _word("countries"),
    "search_text": f"{_FOLDED_NAME} || {_FOLDED_REST}",
    "show_name": "n %% 10 > 0",
    "wants_updates": "n %% 2 = 0",
}
