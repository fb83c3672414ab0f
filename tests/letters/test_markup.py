"""What is markup in a letter and what is text: sign by sign, as readers see it."""

from __future__ import annotations

import pytest

from openletter.letters.rendering import to_html

REL = ' rel="nofollow ugc noopener noreferrer"'


def shown(markdown: str) -> str:
    """Return the HTML of a text without what every link has."""
    return to_html(markdown).replace(REL, "").strip()


# Each is one paragraph, whose signs all stay; "<", ">" and "&" are escaped by HTML.
TEXTS = """\
Lehrer*innen und Schüler*innen
2*3*4 = 24
jede*r, die*der und ein*e
Car* tutt*, student* e lavorator*
tod*s l*s compañer*s
a**b**c und 2**3**4
F*** you, sh*t and N*****k
张*明、李*华，以及王**、赵**
(*) und (**), "*" und "*"
/*innen und Kolleg/*innen*/
snake_case und __init__.py
Name: ________ Datum: ___.___
_____________
geht`s und nimm`s, `so` und ```so```
~5 % und ~~~ viele ~10 %
a~~b~~c
AT&T, R&D, Q&A;, &amp; und &copy;
<3, a < b > c, <b>, </p>, <Name>
<!-- nicht veröffentlichen -->
{% include x %} und {{ y }}
C:\\Users\\anna und \\\\server\\teil
\\o/ und \\( und \\.
1986. Ein Jahr
01. Mai
1. Mai
- allein
* allein
* Angaben dienen nur der Zuordnung.
+ 49 30 1234567
1) eins
(1) eins
a) eins
-
1.
#MeToo
#
####### sieben
>50 % der Befragten
>>>>>>>>>>>>>>>>>>>>>>>>> JETZT
===
```
~~~~~~
--
[x](README.en.md)
[x](#unten)
[x](//evil.example)
[x](www.example.org)
[x](javascript:alert(1))
[](README.md)
![](x.png)
[x]: README.md
[x][1] und [^1]
[^1]: eine Anmerkung
[ ] ja [x] nein
| a | b |
a | b
Zeile am Ende \\
Anna <anna@example.org>
| | |""".splitlines()


@pytest.mark.parametrize("text", TEXTS)
def test_signs_that_people_mean_as_text_stay(text: str) -> None:
    escaped = text.rstrip().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert shown(text) == f"<p>{escaped}</p>"
    assert shown(f"Davor\n{text}\ndanach") == f"<p>Davor<br>\n{escaped}<br>\ndanach</p>"


MARKUP = {
    "*a* **b** ***c*** _d_ __e__": "<p><em>a</em> <strong>b</strong> <em><strong>c</strong></em>"
    " <em>d</em> <strong>e</strong></p>",
    "„*a*“, (*b*), l'*c*, **d**: **e!**": "<p>„<em>a</em>“, (<em>b</em>), l'<em>c</em>,"
    " <strong>d</strong>: <strong>e!</strong></p>",
    "我们**要求**公开**「全部」**": "<p>我们<strong>要求</strong>公开<strong>「全部」</strong></p>",
    "우리는 **투명성**을": "<p>우리는 <strong>투명성</strong>을</p>",
    "~~a~~": "<p><s>a</s></p>",
    "# a #\n## b": "<h2>a #</h2>\n<h3>b</h3>",
    "> a\n> b": "<blockquote>\n<p>a<br>\nb</p>\n</blockquote>",
    "> a\nb": "<blockquote>\n<p>a</p>\n</blockquote>\n<p>b</p>",
    "a\n---\nb": "<p>a</p>\n<hr>\n<p>b</p>",
    "a\nb\n    c\n\td": "<p>a<br>\nb<br>\nc<br>\nd</p>",
    "    a\n\n\tb": "<p>a</p>\n<p>b</p>",
    "• a\n• b": "<p>• a<br>\n• b</p>",
    "a\u2028b\x0bc\u2029d": "<p>a<br>\nb<br>\nc<br>\nd</p>",
    "1\\. \\*a\\*\n\\# \\[\n\\> a\n\\- b\\- c": "<p>1. *a*<br>\n# [<br>\n&gt; a<br>\n- b\\- c</p>",
}


@pytest.mark.parametrize(("markdown", "html"), MARKUP.items())
def test_markup_that_is_meant_does_what_it_should(markdown: str, html: str) -> None:
    assert shown(markdown) == html


# --- Lists and their numbers --------------------------------------------------------------------


def items(markdown: str) -> str:
    return (
        shown(markdown)
        .replace("\n", "")
        .replace("</li>", "")
        .replace("</ol>", "")
        .replace("</ul>", "")
    )


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("1. a\n2. b", "<ol><li>a<li>b"),
        ("4. a\n5. b\n7. c\n8. d", '<ol start="4"><li>a<li>b<li value="7">c<li>d'),
        ("1. a\n1. b\n1. c", '<ol><li>a<li value="1">b<li value="1">c'),
        ("1. Mai\n8. Mai", '<ol><li>Mai<li value="8">Mai'),
        ("0. a\n1. b", '<ol start="0"><li>a<li>b'),
        ("3. a\n2. b\n1. c", '<ol start="3"><li>a<li value="2">b<li value="1">c'),
        ("1. a\n2. b\n03. c\n04. d", "<ol><li>a<li>b<p>03. c<br>04. d</p>"),
        ("1. a\n2. b\n\n1986. c.", "<ol><li>a<li>b<p>1986. c.</p>"),
        ("- a\n- b\n2000. c", "<ul><li>a<li>b<p>2000. c</p>"),
        ("1. a\n   1. b\n   3. c\n5. d", '<ol><li>a<ol><li>b<li value="3">c<li value="5">d'),
    ],
)
def test_an_item_keeps_the_number_that_was_written(markdown: str, html: str) -> None:
    assert items(markdown) == html


@pytest.mark.parametrize(
    "markdown",
    ["1) a\n2) b", "am\n1. Mai in Berlin", "01. a\n02. b", "1986. a\n1987. b", "+ 1\n+ 2",
     "1. a\n\nb\n\n2. c", "* a\n\nb", "a*\n* b", "um\n- so wie hier - herum", "- a\n* b\n- c"],
)  # fmt: skip
def test_what_is_no_list_stays_as_it_was_written(markdown: str) -> None:
    paragraphs = markdown.split("\n\n")
    lines = (paragraph.replace("\n", "<br>\n") for paragraph in paragraphs)
    assert shown(markdown) == "\n".join(f"<p>{line}</p>" for line in lines)


@pytest.mark.parametrize(
    "markdown",
    ["We ask:\n- a\n- b", "- a\n\n- b", "* a\n  more\n* b", "- a\nmore\n- b", "\t- a\n\t- b"],
)
def test_two_items_are_a_list_wherever_they_begin(markdown: str) -> None:
    assert shown(markdown).count("<li>") == 2


@pytest.mark.parametrize("sign", ["> ", "- ", "1. "])
def test_nothing_is_nested_so_deep_that_it_is_lost(sign: str) -> None:
    deep = "\n".join(f"{'    ' * depth}{sign}word{depth}" for depth in range(40) for _twice in "12")
    for text in (f"{sign * 60}word", f"{sign * 60}word\n{sign * 60}word", deep):
        assert shown(text).count("word") == text.count("word")


def test_a_row_with_more_cells_than_the_head_keeps_them() -> None:
    html = shown("|a|b|\n|-|-|\n|1|2|3|**4**|\n|5|")
    assert html.count("<th>") == 2
    assert "<td>3</td>\n<td><strong>4</strong></td>" in html


# --- Links --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markdown", "address", "words"),
    [
        ("see https://example.org/a_b_c*d*e.", "https://example.org/a_b_c*d*e", None),
        ("(http://example.org/x_(y))!", "http://example.org/x_(y)", None),
        ("**https://example.org**", "https://example.org", None),
        ("<https://example.org>", "https://example.org", None),
        ("„https://example.org/ä“", "https://example.org/%C3%A4", "https://example.org/ä"),
        ("请看https://example.org/页。", "https://example.org/%E9%A1%B5", "https://example.org/页"),
        ("to mailto:anna@example.org, please", "mailto:anna@example.org", None),
        (
            "[a *b*](https://example.org/?c=d&e=f)",
            "https://example.org/?c=d&amp;e=f",
            "a <em>b</em>",
        ),
        ("[write](mailto:anna@example.org)", "mailto:anna@example.org", "write"),
    ],
)
def test_full_addresses_are_links(markdown: str, address: str, words: str | None) -> None:
    assert f'<a href="{address}">{words or address}</a>' in shown(markdown)


@pytest.mark.parametrize(
    "markdown",
    ["http://", "https:// example.org", "xhttps://example.org", "ftp://example.org", "mailto:anna",
     "javascript://example.org/%0aalert(1)", "//example.org", "https:", "http:/example.org"],
)  # fmt: skip
def test_other_addresses_are_text(markdown: str) -> None:
    assert shown(markdown) == f"<p>{markdown}</p>"
