"""The confirmation rate of a domain, hour by hour, as a picture."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from openletter.lib.admin import svg
from openletter.operations.confirmation_rates import DomainHours, Rate

_LEFT, _RIGHT, _STEP = 44, 8, 14
_TOP, _RATES, _GAP, _MAILS, _FOOT = 10, 96, 24, 36, 20
_BASE = _TOP + _RATES + _GAP + _MAILS
_HEIGHT = _BASE + _FOOT
_LABEL_EVERY = 6


def draw(domain: DomainHours, *, key: str) -> SafeString:
    """Draw how many of a hundred confirmed (above) and how many were asked (below)."""
    width = _LEFT + _STEP * len(domain.hours) + _RIGHT
    most = max((rate.asked for _hour, rate in domain.hours), default=0)
    bars = [
        piece
        for place, (_hour, rate) in enumerate(domain.hours)
        if rate.asked
        for piece in _bars(_LEFT + place * _STEP, rate, most)
    ]
    return svg.drawing(
        *_scale(width, most),
        *bars,
        *_hours(domain.hours),
        key=key,
        width=width,
        height=_HEIGHT,
        title=_("Share of those asked who confirmed, by hour: %(name)s")
        % {"name": name_of(domain)},
        description=describe(domain.total),
    )


def name_of(domain: DomainHours) -> str:
    return domain.domain or _("all smaller domains together")


def describe(rate: Rate) -> str:
    """Say in a sentence what the picture shows."""
    return ngettext(
        "%(asked)s mail in 48 hours, of which %(percent)s%% was confirmed.",
        "%(asked)s mails in 48 hours, of which %(percent)s%% were confirmed.",
        rate.asked,
    ) % {"asked": number_format(rate.asked), "percent": rate.percent}


def _bars(x: float, rate: Rate, most: int) -> list[SafeString]:
    confirmed, asked = _RATES * rate.share, _MAILS * rate.asked / most
    wide = _STEP - 3
    return [
        # A line where nobody confirmed: it is not the same as nobody asked.
        svg.piece("rect", x=x, y=_TOP + _RATES - confirmed, width=wide, height=max(confirmed, 1)),
        svg.piece("rect", x=x, y=_BASE - asked, width=wide, height=asked, fill_opacity=0.4),
    ]


def _scale(width: float, most: int) -> list[SafeString]:
    lines = [(_TOP + _RATES - _RATES * percent / 100, f"{percent} %") for percent in (0, 50, 100)]
    lines += [(_BASE, "0"), (_BASE - _MAILS, number_format(most))]
    pieces = []
    for y, label in lines:
        across = f"M{_LEFT} {y:g}H{width - _RIGHT}"
        pieces.append(svg.piece("path", d=across, stroke="currentColor", stroke_opacity=0.25))
        pieces.append(
            svg.piece("text", label, x=_LEFT - 6, y=y + 4, text_anchor="end", font_size=11)
        )
    return pieces


def _format_of_hours() -> str:
    return pgettext("format of an hour, as in 28 Nov 18:00", "j M H:i")


def _hours(hours: list[tuple[datetime, Rate]]) -> list[SafeString]:
    y = _HEIGHT - 5
    return [
        svg.piece(
            "text",
            date_format(timezone.localtime(hour), _format_of_hours()),
            x=_LEFT + place * _STEP,
            y=y,
            font_size=11,
        )
        for place, (hour, _rate) in enumerate(hours)
        if place % _LABEL_EVERY == 0
    ]
