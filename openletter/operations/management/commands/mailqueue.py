"""./run manage mailqueue: the numbers of the delivery page for a terminal."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from openletter.lib.db import clock
from openletter.operations import delivery_report
from openletter.operations.delivery_report import Report, Row


class Command(BaseCommand):
    help = "Show what mail waits, left and failed, by lane and letter, and who confirms."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print it for a program")

    def handle(self, *args: Any, **options: Any) -> None:
        report = delivery_report.make(now=clock.now())
        if options["json"]:
            self.stdout.write(json.dumps(_for_programs(report), indent=2))
            return
        for line in _lines(report):
            self.stdout.write(line)


def _for_programs(report: Report) -> dict[str, Any]:
    return {
        "at": report.at.isoformat(),
        "oldest_due_at": _iso(report.total.oldest_due_at),
        "lanes": [_named(row) for row in report.lanes],
        "letters": [_named(row) for row in report.letters],
        "throttles": [
            {
                "on": view.code,
                "paused": view.throttle.paused,
                "per_minute": view.throttle.per_minute,
                "cause": view.throttle.cause,
                "since": view.throttle.at.isoformat(),
            }
            for view in report.throttles
        ],
        "slow_domains": {pause.domain: pause.until.isoformat() for pause in report.slow_domains},
        "alarms": [
            {"kind": alarm.kind, "since": alarm.raised_at.isoformat(), "text": alarm.text}
            for alarm, _letter in report.alarms
        ],
        "confirmed": [
            {"domain": one.domain, "asked": one.total.asked, "confirmed": one.total.confirmed}
            for one in report.rates
        ],
    }


def _named(row: Row) -> dict[str, Any]:
    numbers = dict(zip(delivery_report.COLUMNS, row.cells, strict=True))
    return {
        "name": str(row.code or row.name),
        **numbers,
        "oldest_due_at": _iso(row.numbers.oldest_due_at),
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _lines(report: Report) -> list[str]:
    head = [*map(str, delivery_report.COLUMNS.values()), "oldest due"]
    rates = [
        [one.domain or "all others", str(one.total.asked), f"{one.total.percent} %"]
        for one in report.rates
    ]
    return [
        *_table(["by lane", *head], [_cells(row, report.at) for row in report.lanes]),
        "",
        *_table(["by letter", *head], [_cells(row, report.at) for row in report.letters]),
        "",
        *_table(["domain (48 hours)", "asked", "confirmed"], rates),
        "",
        *(
            f"HELD BACK  {view.code}, since {view.throttle.at:%Y-%m-%d %H:%M} UTC: {view.why}"
            for view in report.throttles
        ),
        *(
            f"SLOWED  {pause.domain}, until {pause.until:%Y-%m-%d %H:%M} UTC"
            for pause in report.slow_domains
        ),
        *(f"ALARM  {alarm.text}" for alarm, _letter in report.alarms),
    ]


def _cells(row: Row, now: datetime) -> list[str]:
    oldest = row.numbers.oldest_due_at
    waited = str(now - oldest).partition(".")[0] if oldest else "-"
    return [str(row.code or row.name), *map(str, row.cells), waited]


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    """Align: names to the left, numbers to the right."""
    if not rows:
        return [f"{head[0]}: none"]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in (head, *rows)
    ]
