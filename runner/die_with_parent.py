"""Become a command that ends when the process that started it ends.

    python -I -S runner/die_with_parent.py PARENT SIGNAL UID GID COMMAND...

Linux sends SIGNAL when the parent dies, even by kill -9. This is a program of its own, because
running Python between fork and exec is not safe next to threads. UID and GID are "-" to stay who
we are; the change happens here, because the other user may be unable to reach our interpreter.
"""

from __future__ import annotations

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, signal: int, uid: str, gid: str, command: list[str]) -> None:
    """Drop root if asked to, tie this process to its parent, then turn into the command."""
    if uid != "-":
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    if sys.platform.startswith("linux"):
        # After setuid, which clears it.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal)
        if os.getppid() != parent:
            sys.exit(1)  # the parent died before we asked
    try:
        os.execvp(command[0], command)  # noqa: S606 - turning into a given command is the job
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[5:])
