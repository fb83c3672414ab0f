"""Who runs which tests when several processes share them."""

from __future__ import annotations

from collections import Counter
from itertools import count
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from xdist.remote import Producer

from runner.locations import ROOT
from tests.sharing import FIRST, TOGETHER, WAITING, Sharing, is_waiting, scope_of


def test_files_that_use_one_site_stay_together_and_all_others_stand_alone() -> None:
    assert scope_of("tests/proxies/test_files.py::test_one[hung]") == "proxies"
    assert scope_of("tests/e2e/test_looks.py::test_three") == "browser"
    assert scope_of("tests/lib/test_names.py::test_four[a::b]") == "tests/lib/test_names.py"


def test_tests_of_processes_wait_and_all_others_keep_a_core_busy() -> None:
    assert is_waiting("proxies")
    assert is_waiting("tests/processes/test_delivery.py")
    assert is_waiting("tests/processes/test_relay.py")
    assert not is_waiting("tests/processes/test_parallel.py")  # threads of one process
    assert not is_waiting("browser")
    assert not is_waiting("tests/lib/test_names.py")


def test_what_is_named_is_there() -> None:
    named = [*TOGETHER.values(), *WAITING, *FIRST]
    assert [name for name in named if name not in TOGETHER and not (ROOT / name).exists()] == []


class Worker:
    """A process of xdist as its scheduler knows it: it begins a test once it knows the next one."""

    def __init__(self, number: int) -> None:
        self.gateway = SimpleNamespace(id=f"gw{number}")
        self.queue: list[int] = []
        self.shutting_down = False

    def send_runtest_some(self, indices: list[int]) -> None:
        assert not self.shutting_down
        self.queue += indices

    def shutdown(self) -> None:
        self.shutting_down = True

    def can_begin(self) -> bool:
        return len(self.queue) > 1 or (bool(self.queue) and self.shutting_down)


NAMES = ["tests/e2e/test_looks.py", *(name for name in FIRST + WAITING if name.endswith(".py"))]


def collected(chance: Random) -> list[str]:
    """Return tests of some files, many of which hold a single one."""
    files = [*NAMES, *(f"tests/lib/test_{n}.py" for n in range(8))]
    return [f"{file}::test_{n}" for file in files for n in range(chance.choice((1, 1, 2, 9)))]


class Run:
    """All tests, shared by processes that are as quick as chance will have it."""

    def __init__(self, chance: Random, processes: int) -> None:
        self._chance = chance
        self._numbers = count()
        self._tests = collected(chance)
        config: Any = SimpleNamespace(
            option=SimpleNamespace(loadscopereorder=True),
            getvalue={"tx": ["popen"] * processes}.__getitem__,
        )
        self._sharing = Sharing(config, Producer("nobody listens", enabled=False))
        self._workers: list[Worker] = []
        self.done: Counter[str] = Counter()
        for _ in range(processes):
            self._add()
        self._sharing.schedule()

    def _add(self) -> None:
        worker: Any = Worker(next(self._numbers))
        self._workers.append(worker)
        self._sharing.add_node(worker)
        self._sharing.add_node_collection(worker, self._tests)

    def go(self, *, crashes_after: int | None) -> None:
        while ready := [worker for worker in self._workers if worker.can_begin()]:
            worker: Any = self._chance.choice(ready)
            if self.done.total() == crashes_after:
                crashes_after = None
                self._crash(worker)
                continue
            index = worker.queue.pop(0)
            self.done[self._tests[index]] += 1
            self._sharing.mark_test_complete(worker, index)

    def _crash(self, worker: Any) -> None:
        self._workers.remove(worker)
        self._sharing.remove_node(worker)
        self._add()
        self._sharing.schedule()

    def begun(self) -> list[str]:
        """Return what each process begins with."""
        return [scope_of(self._tests[worker.queue[0]]) for worker in self._workers]

    def expect_all_done(self) -> None:
        assert self.done == Counter(self._tests)
        assert not self._sharing.has_pending
        assert all(worker.shutting_down for worker in self._workers)


@pytest.mark.parametrize("processes", [1, 2, 3, 4, 5])
def test_every_test_is_run_once_and_every_process_ends(processes: int) -> None:
    for seed in range(100):
        run = Run(Random(seed), processes)  # noqa: S311 - no secret
        run.go(crashes_after=None)
        run.expect_all_done()


@pytest.mark.parametrize("processes", [1, 2, 4])
def test_another_process_does_what_one_that_crashed_had_before_it(processes: int) -> None:
    for seed in range(100):
        run = Run(Random(seed), processes)  # noqa: S311 - no secret
        run.go(crashes_after=seed % 20)
        run.expect_all_done()


def test_half_of_the_processes_begin_with_what_waits() -> None:
    run = Run(Random(7), 4)  # noqa: S311 - no secret
    assert [is_waiting(scope) for scope in run.begun()] == [False, True, False, True]
