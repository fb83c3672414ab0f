"""Press a button of the desk the way somebody does who has looked at the page it stands on."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from django.test import Client

_SEEN = re.compile(r'name="seen" value="([0-9a-f]+)"')


def seen(page: Any) -> str:
    """Return the fingerprint that a page which asks brings along."""
    found = _SEEN.search(page.content.decode())
    assert found, f"nothing is asked here ({page.status_code})"
    return found[1]


def say_yes(client: Client, path: str, typed: Mapping[str, str] | None = None) -> Any:
    """Look at a page that asks, and press its button."""
    return client.post(path, {**(typed or {}), "seen": seen(client.get(path))})


def change(client: Client, path: str, typed: Mapping[str, Any]) -> Any:
    """Open the form of an admin's page, and send it with what is typed."""
    return client.post(path, {**opened_on(client.get(path)), **typed})


def opened_on(page: Any) -> dict[str, Any]:
    """Return what the form on a page says of what it was opened on, for it and each of its rows."""
    fields = form_of(page).items()
    return {name: value for name, value in fields if name.endswith("opened_on")}


def form_of(page: Any) -> dict[str, Any]:
    """Return what a browser would send for the form of a desk's page, untouched."""
    text = page.content.decode()
    begin = re.search(r'<form [^>]*id="\w+_form"', text)
    assert begin, "there is no form to change something"
    return fields_in(text[begin.start() : text.index("</form>", begin.start())])


def fields_in(text: str) -> dict[str, Any]:
    """Return the fields in a piece of HTML with their values."""
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input\b[^>]*>", text):
        attributes = _attributes(tag)
        kind, name = attributes.get("type", "text"), attributes.get("name", "")
        is_off = kind in {"checkbox", "radio"} and "checked" not in attributes
        if name and kind not in {"submit", "button"} and not is_off:
            sent[name] = attributes.get("value", "on" if kind == "checkbox" else "")
    for tag, inside in re.findall(r"(<textarea\b[^>]*>)(.*?)</textarea>", text, re.DOTALL):
        # A browser sends line ends as CRLF, and leaves out the first.
        value = html.unescape(inside).removeprefix("\r").removeprefix("\n")
        sent[_attributes(tag)["name"]] = value.replace("\r\n", "\n").replace("\n", "\r\n")
    for tag, inside in re.findall(r"(<select\b[^>]*>)(.*?)</select>", text, re.DOTALL):
        options = [_attributes(option) for option in re.findall(r"<option\b[^>]*>", inside)]
        chosen = [one.get("value", "") for one in options if "selected" in one]
        name = _attributes(tag)["name"]
        sent[name] = chosen if "multiple" in _attributes(tag) else (chosen or ["", ""])[0]
    return {name: value for name, value in sent.items() if "__prefix__" not in name}


def _attributes(tag: str) -> dict[str, str]:
    found = re.findall(r'([\w-]+)(?:="([^"]*)")?', tag.split(None, 1)[1])
    return {name: html.unescape(value) for name, value in found}
