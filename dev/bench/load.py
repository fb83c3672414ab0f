"""Measures: hands jobs to the load generator, in turns, and keeps what came of them."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dev.bench import machine
from dev.bench.job import Expected, Job, Outcome, get
from runner.errors import CommandError
from runner.locations import PYTHON, ROOT
from runner.terminal import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dev.bench.options import Options

    Line = tuple["Measured", Job]


@dataclass
class Measured:
    """One line of the table."""

    what: str
    size: int | None  # published signatures; None where they play no part
    aim: int | None = None  # answers per second
    aim_p99: int | None = None  # milliseconds
    outcome: Outcome = field(default_factory=Outcome)
    others: list[float] = field(default_factory=list)  # processors that others used, by turn
    queries: int | None = None
    making: float | None = None  # milliseconds to make the answer anew, without any load
    spent: float = 0.0  # seconds of processor time of the whole site, PostgreSQL included
    aim_spent: float | None = None  # milliseconds for an answer

    @property
    def spent_on_one(self) -> float:
        """Milliseconds of processor time for an answer, whatever else the machine did."""
        return self.spent / self.outcome.accepted * 1000 if self.outcome.accepted else 0.0

    @property
    def rates_hold(self) -> bool | None:
        """Whether the aims are reached; None without any."""
        if self.aim is None:
            return None
        fast = self.outcome.rate >= self.aim
        if self.aim_spent is not None:
            fast = fast and self.spent_on_one <= self.aim_spent
        return fast and (self.aim_p99 is None or self.outcome.percentile(99) < self.aim_p99)


def drive(job: Job) -> Outcome:
    """Do one job in a process of its own."""
    done = subprocess.run(
        [PYTHON, "-m", "dev.bench.driver"],
        input=job.to_json(),
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise CommandError(f"The load generator failed.\n{done.stderr}")
    return Outcome(**json.loads(done.stdout))


def take_turn(measured: Measured, job: Job) -> Outcome:
    """Do a job, add what came of it to a line of the table, and return it."""
    usage = machine.Usage()
    outcome = drive(job)
    ours, others = usage.until_now()
    measured.others.append(others)
    measured.spent += max(0.0, ours - outcome.busy)
    measured.outcome.add(outcome)
    size = "" if measured.size is None else f" at {measured.size:,}"
    say(
        f"  {measured.what}{size}: {outcome.rate:,.0f}/s, p99 {outcome.percentile(99):.1f} ms,"
        f" {outcome.errors} errors; others used {measured.others[-1]:.1f} of"
        f" {os.cpu_count()} processors"
    )
    return outcome


def in_turns(lines: Sequence[Line], turns: int) -> None:
    """Measure lines that are to be compared one after another, several times.

    So whatever else the machine does meanwhile hits all of them.
    """
    for _ in range(turns):
        for measured, job in lines:
            take_turn(measured, job)


def bare_job(port: int, options: Options) -> Job:
    """Return the job that says what the machine has to give today."""
    request = get("/", "localhost")
    return Job(
        port,
        [request],
        Expected(body="ok"),
        connections=options.connections,
        warm_up=options.warm_up / 2,
        seconds=options.seconds / 2,
    )
