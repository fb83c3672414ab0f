"""`./run test --fast` (`-p tests.fast`): what needs no browser and no process of a site.

Left out are tests marked `e2e`, `processes` or `slow`. Folders in which there is nothing else are
not even read.
"""

from __future__ import annotations

from pathlib import Path

import pytest

MARKERS = ("e2e", "processes", "slow")
FOLDERS = ("tests/e2e", "tests/proxies")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fast", action="store_true", help="no browser, no process of a site")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Answer None where others decide."""
    left_out = [config.rootpath / folder for folder in FOLDERS]
    return True if config.getoption("--fast") and collection_path in left_out else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--fast"):
        return
    left_out = {item for item in items if any(map(item.get_closest_marker, MARKERS))}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]
