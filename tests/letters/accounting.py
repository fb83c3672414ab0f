"""Whether a reader of the HTML sees every sign of a text, told without the code that made it."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

# Signs that may be markup; each that is not seen has to be paid for by an element.
MARKUP = "*_-#>|~\\"
_LETTERS = re.compile(rf"[\s{re.escape(MARKUP)}]+")
_PAID = {"em": {"*": 2}, "strong": {"*": 4}, "s": {"~": 4}, "ul li": {"*": 1}}


class Reader(HTMLParser):
    """What a browser shows, with the addresses of links behind their words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.shown = ""
        self.elements: Counter[str] = Counter()
        self._numbers: list[int] = []
        self._links: list[tuple[int, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in {"ol", "ul"}:
            self._numbers.append(int(given.get("start", 1)) if tag == "ol" else -1)
        elif tag == "li" and self._numbers[-1] >= 0:
            number = int(given.get("value", self._numbers[-1]))
            self.shown += f" {number}. "
            self._numbers[-1] = number + 1
        elif tag == "li":
            tag = "ul li"
        elif tag == "a":
            self._links.append((len(self.shown), given.get("href", "")))
        self.elements[tag] += 1
        self.shown += "\n" if tag not in {"em", "strong", "s", "a"} else ""

    def handle_endtag(self, tag: str) -> None:
        if tag in {"ol", "ul"}:
            self._numbers.pop()
        elif tag == "a":
            place, href = self._links.pop()
            words = self.shown[place:]
            if not words.startswith(("http", "mailto:")):
                self.shown = f"{self.shown[:place]}[{words}]({href})"

    def handle_data(self, data: str) -> None:
        self.shown += data


def first_lost(markdown: str, html: str) -> int | None:
    """Return the line, from 1 on, of the first sign that is not shown in its place, or None.

    Signs that may be markup are left out here.
    """
    markdown = re.sub(r"^[|:\- ]+\|[|:\- ]+$", "", markdown, flags=re.MULTILINE)  # of a table
    written, shown = _LETTERS.sub("", markdown), _LETTERS.sub("", Reader(html).shown)
    if written == shown:
        return None
    same = next((n for n, (a, b) in enumerate(zip(written, shown, strict=False)) if a != b), -1)
    same = min(len(written), len(shown)) if same < 0 else same
    for number, line in enumerate(re.split("\r\n?|[\n\x0b\x0c\x85\u2028\u2029]", markdown), 1):
        same -= len(_LETTERS.sub("", line))
        if same < 0:
            return number
    return number


def unpaid(markdown: str, html: str) -> dict[str, int]:
    """Return which signs that may be markup are neither shown nor do anything."""
    reader = Reader(html)
    left = _counted(markdown)
    left.subtract(_counted(reader.shown))
    for element, signs in _PAID.items():
        for sign, number in signs.items():
            left[sign] -= number * reader.elements[element]
    excused = {"\\"} if left["\\"] >= 0 else set()  # before a sign that is shown
    for element, free in (("blockquote", ">"), ("table", "|*"), ("hr", "*"), ("h2", "#")):
        excused |= {sign for sign in free if reader.elements[element] and left[sign] >= 0}
    return {sign: number for sign, number in left.items() if number and sign not in excused}


def _counted(text: str) -> Counter[str]:
    # A bullet may be either sign, and so may stress.
    text = text.replace("_", "*").replace("-", "*")
    return Counter(sign for sign in text if sign in MARKUP)
