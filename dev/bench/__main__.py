"""`./run bench [name]`: without a name it lists the benches and runs them all."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from dev.bench import crowd, desk, mail, pages, same, scale, sign
from dev.bench.options import Options
from runner.errors import leave
from runner.terminal import say

if TYPE_CHECKING:
    from collections.abc import Callable

BENCHES: dict[str, tuple[str, Callable[[Options], int]]] = {
    "pages": ("what anybody may read, at 2,000 and at 100,000 signatures", pages.run),
    "mail": ("owed mails by the real path, against a bare loop of smtplib", mail.run),
    "sign": ("signing and confirming, sixteen at a time, at both sizes", sign.run),
    "crowd": ("signing among many, while others read, and with the database far away", crowd.run),
    "same": ("whether the time of an answer tells what is known of an address", same.run),
    "desk": ("what moderators ask of the database, and signing beside a sweep", desk.run),
    "scale": ("what the database does at 10,000 and at 1,000,000 signatures", scale.run),
}


def main() -> int:
    arguments = _parser().parse_args()
    options = Options(
        seconds=arguments.seconds,
        warm_up=arguments.warm_up,
        connections=arguments.connections,
        sizes=tuple(arguments.sizes),
        with_workers=arguments.with_workers,
        fresh=arguments.fresh,
    )
    if not arguments.names:
        for name, (title, _run) in BENCHES.items():
            say(f"{name:<8}{title}")
    codes = [BENCHES[name][1](options) for name in arguments.names or BENCHES]
    return max(codes)


def _parser() -> argparse.ArgumentParser:
    known = Options()
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=list(BENCHES), metavar="name")
    parser.add_argument("--seconds", type=float, default=known.seconds, help="for each line")
    parser.add_argument("--warm-up", type=float, default=known.warm_up, help="seconds before it")
    parser.add_argument("--connections", type=int, default=known.connections, help="at a time")
    parser.add_argument("--sizes", type=int, nargs="+", default=known.sizes, help="signatures")
    parser.add_argument(
        "--with-workers", action="store_true", help="sign: once more while workers send the mails"
    )
    parser.add_argument(
        "--fresh", action="store_true", help="sign: also on a site that has just begun, for minutes"
    )
    return parser


if __name__ == "__main__":
    leave(main)
