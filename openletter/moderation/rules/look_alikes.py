"""Hold names that are written in another alphabet and yet look Latin from end to end.

"Сосо Аре" is Cyrillic in every letter. Such a name is one that others read, and find, as somebody
else's. Some ordinary names are such, "Тарас Косар" or "ΑΝΝΑ ΝΙΚΟΥ" in capitals; a person lets
them pass. One accent or one letter of its own tells a name apart: "Μαρία Νάνου", "Тарас Бульба".
The letters of each alphabet are judged by themselves: the "Сосо" in "Сосо Chanel" is Cyrillic.

Of an organisation's name only long words are judged: "ТАСС", "РАН" and the "ООО" in "ООО Siemens"
are what they are called.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openletter.lib.people.look_alikes import LATIN
from openletter.lib.people.scripts import script, words
from openletter.moderation.candidate import Candidate, Mode, Setting

REASON = "looks Latin"
NAME = _("look-alike letters")
SAYS = _("The name is in another alphabet, but every letter looks Latin.")
CLEARED_BY = _("See whether it is an ordinary name in that alphabet, and nobody else’s in ours.")
MODE = Mode.HOLD
AMOUNT = None

# The small letters of Cherokee are its capitals once more, and Lisu has capitals only.
_CHEROKEE = "ᎪᏴᏟᎠᎬᏀᎻᎥᎫᏦᏞᎷᏢᎡᎢᏙᎳᎩᎽᏃᏕᏚᏒ"
_LISU = "ꓮꓐꓚꓓꓰꓝꓖꓧꓙꓗꓲꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ"
_LOOKS_LATIN = frozenset([*LATIN, *_CHEROKEE, *_CHEROKEE.lower(), *_LISU])


_ALPHABETS = ("CYRILLIC", "GREEK", "CHEROKEE", "LISU")
_LONGEST_ACRONYM = 4


def objects(candidate: Candidate, _setting: Setting) -> bool:
    if not candidate.is_organisation:
        return _looks_latin(candidate.name)
    long_words = (word for word in words(candidate.name) if len(word) > _LONGEST_ACRONYM)
    return _looks_latin(" ".join(long_words)) or _looks_latin(candidate.represented_by)


def _looks_latin(name: str) -> bool:
    for alphabet in _ALPHABETS:
        letters = {char for char in name if script(char) == alphabet}
        if letters and letters <= _LOOKS_LATIN:
            return True
    return False
