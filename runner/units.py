"""`./run units`: what systemd needs to run the site's processes on machines of their own.

Each unit calls ./run, so that no command stands in two places.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from runner.errors import CommandError, leave
from runner.locations import ROOT
from runner.parts import PARTS
from runner.terminal import say

if TYPE_CHECKING:
    from collections.abc import Sequence

DESCRIPTIONS = {
    "web": "pages and forms",
    "confirm": "mail that somebody waits for",
    "default": "other mail, expiry, recounting",
    "beat": "the clock of the workers",
}
_UNIT = """\
# /etc/systemd/system/openletter-{part}.service
[Unit]
Description=openletter: {description}
After=network-online.target{after}
Wants=network-online.target

[Service]
User=openletter
WorkingDirectory={folder}
EnvironmentFile=/etc/openletter.env
{before}ExecStart="{run}" {part}
KillMode=mixed
TimeoutStartSec=600
TimeoutStopSec=60
Restart=always
RestartSec=5

[Install]
WantedBy=multi-user.target
"""


def main() -> int:
    say("\n".join(unit(part) for part in wanted(sys.argv[1:])).rstrip())
    return 0


def wanted(given: Sequence[str]) -> Sequence[str]:
    """Return the parts that somebody named, or all of them."""
    for part in given:
        if part not in PARTS:
            raise CommandError(f"There is no process {part!r}. There is: {', '.join(PARTS)}.")
    return given or PARTS


def unit(part: str) -> str:
    """Return one unit; web also brings the database and the static files up to date.

    The others begin after that, if web is on their machine; where it is not, systemd knows of no
    such unit and waits for nothing.
    """
    folder = str(ROOT).replace("%", "%%")  # signs that systemd reads
    run = f"{folder}/run".replace("$", "$$")
    is_web = part == "web"
    return _UNIT.format(
        part=part,
        description=DESCRIPTIONS[part],
        folder=folder,
        run=run,
        after="" if is_web else " openletter-web.service",
        before=f'ExecStartPre="{run}" manage prepare\n' if is_web else "",
    )


if __name__ == "__main__":
    leave(main)
