"""How the cost of something grows with the length of what it is given (T39, T44).

Only the processor time of our own thread is looked at, never the clock; the best of several tries
counts, and a growth that looks too steep is looked at again, with longer texts too.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from itertools import islice, product

# Cost at twice the length, for four times in two steps: 2.5 each.
STEEPEST = 2.5**2

# What patterns stumble over when it is repeated, and what may come behind it.
PUMPS = (
    *("a", "A", "1", "ß", "é", " ", "\n", "\t", "-", "_", ".", ":", ";", "/", "\\", "+", "=", "<"),
    *(">", "(", ")", "[", "]", "*", "`", "#", "|", "@", "%", '"', "'", "\u0301", "a.", ".a", "a-"),
    *("a@", "@a", "@.", "%40", "%25", "%2F", "%2525", "a b", "/s", "/s/", "s/", "\\s\\", "%2Fs%2F"),
    *("/password", "/reset", "/key", "reset/key/", "aaaaaaaa.", "1.1.", "4.4", "sending ", "com."),
    *("a1", "aA", "  a", "\r\n", "relay", "is ", "gray", "xn--", "www", "http", "1)", "a-1-", "**"),
)
ENDS = ("", "!", " ", "a")


def is_linear(act: Callable[[str], object], text_of: Callable[[int], str], *, most: int) -> bool:
    """Say whether an act costs at most 2.5 times as much for twice the text, up to a length.

    `text_of` makes a text of about so many characters.
    """
    shortest = most // 32
    if _growth(act, text_of, shortest, tries=1) <= STEEPEST:
        return True
    # Too steep at a glance. A busy machine gets many more chances, with longer texts too: noise
    # passes one of them, while what is really steep is sixteen times as much each time.
    lengths = (shortest, shortest, shortest * 2, shortest * 2, shortest * 4, shortest * 4)
    return any(_growth(act, text_of, length, tries=5) <= STEEPEST for length in lengths)


def _growth(
    act: Callable[[str], object], text_of: Callable[[int], str], length: int, *, tries: int
) -> float:
    short, long = text_of(length), text_of(4 * length)
    return _cost(act, long, tries) / _cost(act, short, tries)


def _cost(act: Callable[[str], object], text: str, tries: int) -> float:
    """Return the least processor time that it takes."""
    took = []
    for _ in range(tries):
        started = time.thread_time_ns()
        act(text)
        took.append(time.thread_time_ns() - started)
    return max(min(took), 1000)


def attacks(*more: str) -> Iterator[tuple[str, str]]:
    """Return what to repeat and what to put behind it."""
    return product(dict.fromkeys((*PUMPS, *more)), ENDS)


def using(pattern: re.Pattern[str], *, at_the_start_only: bool) -> Callable[[str], object]:
    """Return what tries a pattern at the beginning of a text, or at every place of it."""

    def use(text: str) -> None:
        pattern.fullmatch(text)
        pattern.match(text)
        if not at_the_start_only:
            pattern.search(text)
            for _found in pattern.finditer(text):
                pass

    return use


def steep_attacks(
    act: Callable[[str], object], *more: str, most: int, enough: int = 3
) -> list[tuple[str, str]]:
    """Return the first few repetitions for which the cost of an act grows faster than it may."""

    def text_of(pump: str, end: str) -> Callable[[int], str]:
        return lambda length: pump * (length // len(pump)) + end

    steep = (
        (pump, end)
        for pump, end in attacks(*more)
        if not is_linear(act, text_of(pump, end), most=most)
    )
    return list(islice(steep, enough))
