"""How the processes of pytest-xdist share all tests, so that they end together (`--dist loadfile`).

Tests of real processes mostly wait, all others keep a core busy. So half of the processes begin
with those that wait, and the other half with the others; whoever is done helps with what is left.
What takes longest goes first, and files that use one site or one browser stay together.
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

# Each row is run by one process, in one go.
TOGETHER = {"proxies": "tests/proxies/", "browser": "tests/e2e/"}
WAITING = [
    "proxies",
    "tests/processes/test_delivery.py",
    "tests/processes/test_gate.py",
    "tests/processes/test_machines.py",
    "tests/processes/",
]
# Of the others, which xdist sorts by the number of their tests, these have few that take long.
FIRST = [
    "browser",
    "tests/processes/test_parallel.py",
    "tests/runner/test_run.py",
    "tests/pages/test_malformed_requests.py",
    "tests/test_translations.py",
    "tests/letters/test_as_written.py",
]


def scope_of(nodeid: str) -> str:
    """Return what a test has to stay together with: its row, or its file."""
    path = nodeid.partition("::")[0]
    return next((row for row, folder in TOGETHER.items() if path.startswith(folder)), path)


def _place(scope: str, order: list[str]) -> int:
    return next((n for n, name in enumerate(order) if scope.startswith(name)), len(order))


def is_waiting(scope: str) -> bool:
    return scope not in FIRST and _place(scope, WAITING) < len(WAITING)


class Sharing(LoadScopeScheduling):  # type: ignore[misc, unused-ignore]
    """Gives each process what it should do next."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        self.workqueue.move_to_end(self._next_for(node), last=False)
        super()._assign_work_unit(node)

    def _reschedule(self, node: WorkerController) -> None:
        """Give a process more, or let it end: one that knows of a single test waits for another."""
        super()._reschedule(node)
        if not node.shutting_down and self._pending_of(self.assigned_work[node]) < 2:
            self._reschedule(node)

    def _next_for(self, node: WorkerController) -> str:
        prefers_waiting = self.nodes.index(node) % 2 == 1
        order = WAITING if prefers_waiting else FIRST
        scopes: list[str] = list(self.workqueue)
        return min(
            scopes,  # min() keeps the order of xdist among equals
            key=lambda scope: (is_waiting(scope) != prefers_waiting, _place(scope, order)),
        )
