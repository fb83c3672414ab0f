"""What people wrote, in a table that somebody opens with a spreadsheet."""

from __future__ import annotations

import re

# Signs by which a spreadsheet takes a cell for a formula, behind what it passes over. The wide ones
# too: some read them as the narrow ones.
_FORMULA = re.compile(r"[\s\x00]*[=+\-@＝＋－＠]")


def inert(text: str) -> str:
    """Return a text so that no spreadsheet computes it (OWASP ASVS 5.0, 1.2.10)."""
    return f"'{text}" if _FORMULA.match(text) else text
