"""Prints the confirmation links of waiting attempts: `python -m dev.bench.inside.links 1000`."""

from __future__ import annotations

import json
import sys

from dev.bench.inside import set_up

set_up()

from django.urls import reverse  # noqa: E402

from openletter.lib import tokens  # noqa: E402
from openletter.signatures.models import Signature  # noqa: E402


def links(most: int) -> list[str]:
    """Return the paths to POST to, oldest attempt first, as the mails would carry them."""
    waiting = Signature.objects.filter(state=Signature.State.PENDING).order_by("pk")
    return [
        reverse("signatures:confirm", args=[tokens.make("confirm", public_id, generation=number)])
        for public_id, number in waiting.values_list("public_id", "generation")[:most]
    ]


if __name__ == "__main__":
    json.dump(links(int(sys.argv[1])), sys.stdout)
