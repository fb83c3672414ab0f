"""What is read out of a plan, for the tests and for the bench."""

from __future__ import annotations

from typing import Any

import pytest

from dev.query_plans import Scan, buffers, scans


def node(kind: str, *below: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A node that ran twice, with 30 rows each and 20 that a filter removed."""
    ran = {"Actual Rows": 30.0, "Actual Loops": 2, "Rows Removed by Filter": 20}
    words = {name.replace("_", " "): value for name, value in more.items()}
    return {"Node Type": kind, "Plans": list(below), **ran, **words}


BY_ORDER = node("Index Scan", Relation_Name="mail", Index_Name="mail_sent")
BY_CONDITION = {**BY_ORDER, "Index Cond": "(id = 1)"}
FROM_END_TO_END = node("Seq Scan", Relation_Name="mail")
BITMAP = node("Bitmap Index Scan", Index_Name="mail_sent")
OF_BITMAP = node("Bitmap Heap Scan", BITMAP, Relation_Name="mail", Recheck_Cond="(id > 1)")


def test_a_scan_says_what_it_read_and_how_much() -> None:
    assert list(scans(node("Nested Loop", BY_CONDITION, FROM_END_TO_END))) == [
        Scan(table="mail", index="mail_sent", rows=100, is_whole=False),
        Scan(table="mail", index="", rows=100, is_whole=True),
    ]


@pytest.mark.parametrize(
    ("plan", "is_whole"),
    [
        (BY_ORDER, True),
        (BY_CONDITION, False),
        (node("Limit", BY_ORDER), False),
        (node("Limit", node("Nested Loop", BY_ORDER)), False),
        (node("Limit", node("Sort", BY_ORDER)), True),
        (node("Sort", node("Limit", BY_ORDER)), False),
        (node("Limit", FROM_END_TO_END), True),
    ],
)
def test_an_index_is_read_whole_unless_a_condition_or_a_limit_ends_it(
    plan: dict[str, Any], is_whole: bool
) -> None:
    assert [scan.is_whole for scan in scans(plan)] == [is_whole]


def test_no_limit_ends_what_a_bitmap_is_made_of() -> None:
    assert [scan.is_whole for scan in scans(node("Limit", OF_BITMAP))] == [False, True]


def test_what_reads_no_table_is_no_scan() -> None:
    assert list(scans(node("CTE Scan", CTE_Name="slice"))) == []


def test_pages_are_counted_wherever_they_were() -> None:
    assert buffers({"Shared Hit Blocks": 3, "Shared Read Blocks": 4}) == 7
