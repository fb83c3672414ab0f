"""Problems that a person can solve: one sentence, no traceback."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

from runner.terminal import complain

if TYPE_CHECKING:
    from collections.abc import Callable


class CommandError(Exception):
    """Something that a person has to change; the text is the sentence to show."""


def leave(main: Callable[[], int]) -> NoReturn:
    """Run a command and exit with its code; a CommandError becomes a sentence and code 1."""
    try:
        code = main()
    except CommandError as error:
        complain(str(error))
        code = 1
    except PermissionError as error:
        complain(
            f"{error.filename}: {error.strerror}. Run as the user whom this folder belongs to, "
            "or choose another folder with OPENLETTER_VAR=/some/folder."
        )
        code = 1
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
