"""What PostgreSQL says of a statement that it ran: EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Node = dict[str, Any]

_CONDITIONS = frozenset({"Index Cond", "Recheck Cond", "TID Cond"})
# What takes in everything before it gives out the first row, whatever LIMIT is above it.
_TAKES_IN_ALL = frozenset({"Sort", "Aggregate", "Hash", "Bitmap Heap Scan"})


@dataclass(frozen=True)
class Scan:
    """One place of a plan that reads a table or an index, and how many rows it read there."""

    table: str  # empty where only an index is named
    index: str
    rows: int
    is_whole: bool  # from end to end, or in the order of an index without a LIMIT to end it


def buffers(root: Node) -> int:
    """Return how many pages a statement looked at, each as often as it did."""
    return int(root["Shared Hit Blocks"]) + int(root["Shared Read Blocks"])


def scans(node: Node, *, below_limit: bool = False) -> Iterator[Scan]:
    """Yield all that a plan reads from, from its root on."""
    kind = node["Node Type"]
    if "Scan" in kind and ("Relation Name" in node or "Index Name" in node):
        seen = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        yield Scan(
            table=node.get("Relation Name", ""),
            index=node.get("Index Name", ""),
            rows=round(seen * node["Actual Loops"]),
            # One that no index leads has read what it read, also if a LIMIT ended it then.
            is_whole=_CONDITIONS.isdisjoint(node) and (kind == "Seq Scan" or not below_limit),
        )
    limited = kind == "Limit" or (below_limit and kind not in _TAKES_IN_ALL)
    for below in node.get("Plans", ()):
        yield from scans(below, below_limit=limited)
