"""From which countries a letter was signed, without telling of anybody."""

from __future__ import annotations

from dataclasses import dataclass

from openletter.statistics.models import CountryCount

# Of fewer than so many somebody might know who they are.
SMALLEST_GROUP = 5


@dataclass(frozen=True)
class Origins:
    """How many signed from each country, the most first; `others` are small groups together."""

    by_country: dict[str, int]
    others: int
    unknown: int  # who did not say

    @property
    def total(self) -> int:
        return sum(self.by_country.values()) + self.others + self.unknown


def origins(letter_id: int) -> Origins:
    rows = CountryCount.objects.filter(letter=letter_id).order_by("-signatures", "country")
    found = dict(rows.values_list("country", "signatures"))
    unknown = found.pop("", 0)
    shown = {code: number for code, number in found.items() if number >= SMALLEST_GROUP}
    return Origins(shown, sum(found.values()) - sum(shown.values()), unknown)
