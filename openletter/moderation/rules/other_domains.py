"""Note an affiliation that names a domain which the address does not belong to.

"University of Tiefenbach (uni-tiefenbach.example)" is easily written, and an address there is not
easily had. Who writes from home does so, too.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

from openletter.lib.people import links
from openletter.moderation.candidate import Candidate, Mode, Setting

REASON = "other domain"
NAME = _("affiliations with another domain")
SAYS = _("The affiliation names a domain to which the e-mail address does not belong.")
CLEARED_BY = _("Ask by an address at that domain, or look for the person on its pages.")
MODE = Mode.HINT
AMOUNT = None
# A word with a dot in it; begun at no other place of a word, which would be tried at each of them.
_DOMAIN = re.compile(r"(?<![\w-])[\w-]+(?:\.[\w-]+)+")


def objects(candidate: Candidate, _setting: Setting) -> bool:
    named = (found.lower() for found in _DOMAIN.findall(candidate.affiliation))
    address = candidate.email_domain.lower()
    return any(
        links.looks_like_domain(domain) and not _belong_together(domain, address)
        for domain in named
    )


def _belong_together(one: str, other: str) -> bool:
    return f".{one}".endswith(f".{other}") or f".{other}".endswith(f".{one}")
