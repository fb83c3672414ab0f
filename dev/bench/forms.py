"""The form under a letter, read from its page and filled in as a browser would."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from dev.bench.people import Person


@dataclass(frozen=True)
class Form:
    """Where a form goes, and its fields with what stands in them."""

    action: str
    fields: dict[str, str]

    @classmethod
    def found_in(cls, html: str) -> Form:
        reader = _Reader()
        reader.feed(html)
        if reader.action is None or not reader.fields.get("form_token"):
            raise LookupError("There is no form with a form token on the page.")
        return cls(reader.action, reader.fields)

    def body(self, person: Person) -> str:
        """Return the form as this person sends it. Fields that the page lacks are not sent."""
        typed = {
            "kind": person.kind,
            "name": person.name,
            "email": person.email,
            "title": person.title,
            "affiliation": person.affiliation,
            "country": person.country,
            "consent": "on",
        }
        typed |= {"show_name": "on"} if person.show_name else {}
        typed |= {"updates": "on"} if person.updates else {}
        known = {name: text for name, text in typed.items() if name in self.fields}
        boxes = ("show_name", "updates", "consent")  # an unticked box sends nothing
        kept = {name: text for name, text in self.fields.items() if name not in boxes}
        return urlencode(kept | known)


class _Reader(HTMLParser):
    """Finds the fields of the first form that POSTs."""

    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "form" and self.action is None and values.get("method") == "post":
            self.action = values.get("action") or ""
            self._inside = True
        elif (
            self._inside and tag in {"input", "select", "textarea"} and (name := values.get("name"))
        ):
            self.fields.setdefault(name, values.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
