"""Find web and e-mail addresses in what people write about themselves, also disguised ones.

There are sure ones and doubtful ones. Sure is what has a scheme, `www.` or a path, and a whole
e-mail address. A dot alone is doubtful: "Booking.com", "350.org" and "GOV.UK" are names, "Dr.in" is
a title, "St.Gallen" a town, and in "for it.In fact" a space was forgotten.
"""

from __future__ import annotations

import re
import unicodedata

from openletter.lib.people.public_suffixes import is_top_level_domain

_SURE = re.compile(r"https?:(?=\S)|://|\bwww\.(?=\w)|\bxn--", re.IGNORECASE)
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+")
# What may stand right before the @ of an address.
_END_OF_LOCAL_PART = re.compile(r"[\w.+-]")
# A dot with a letter, figure or hyphen before it and a whole word of letters behind it; and what
# follows a slash after that.
_DOT = re.compile(r"(?<=[\w-])\.([^\W\d_]{2,})(?!\w)(/\S?)?")
# Browsers take this one for a dot too; NFKC makes it of the half-width one.
_IDEOGRAPHIC_STOP = "\u3002"
_LONGEST_WORD = 64

# Countries, without those that are abbreviations in titles, firms and references, such as et al.
_COUNTRIES = """
ac ad ae af ag ai am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by
bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es eu fi
fj fk fm fo fr ga gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im
in io iq ir is it je jm jo jp ke kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc
md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nu nz om pa
pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sd se sg sh si sk sl sm sn so sr ss
st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi
vn vu wf ws ye yt za zm zw рф бел укр срб мон
"""
_TOPICS = """
com net org info biz mobi asia edu gov mil int aero museum xxx agency app bar berlin bet bid bio
blog business buzz cafe cam capital cards care casino cash cat center chat city click cloud club
coach codes coffee cologne community company cool credit cricket cyou date deals design dev digital
direct download email energy events exchange expert express faith finance fit fund fun games gallery
gdn global gold guide guru hamburg health help homes host house icu istanbul jobs koeln land lat
life link live loan lol london love market marketing media men money monster mov movie network
news ninja nrw nyc one online page paris parts party photo photos pics plus poker porn press promo
pub quest racing red rest review reviews rocks ruhr saarland sale sbs school science services sex
sexy shop show site social software solar solutions space store stream studio style support surf
swiss systems team tech technology tel tips tirol today tokyo tools top tours town trade trading
training travel tube video vip vote watch webcam website wien wiki win wine work works world wtf
xin xyz zip zone bayern онлайн сайт москва
"""
_COUNTRY_CODES = frozenset(_COUNTRIES.split())
# Behind a dot these make a web address likely; the other top-level domains are words too often.
_LIKELY = _COUNTRY_CODES | frozenset(_TOPICS.split())
_NEVER_A_WORD = {"com", "net", "org"}
# Behind a single letter only these: initials come before da, de, di and le too.
_AFTER_ONE_LETTER = {"com", "net", "org", "co", "io", "ly", "me"}
# In capitals they come before surnames, which may be two letters long.
_TITLES = {"DR", "FR", "ING", "JR", "MAG", "MR", "MRS", "MS", "PROF", "SR", "ST"}
# Before the ending of a country a short word is rather an abbreviation: Dr.in, Th.de Boer, Sig.na,
# prof.mr.dr.ir. So are these.
_SHORT = 3
_ABBREVIATIONS = {
    "acad", "akad", "arch", "assoc", "cand", "dipl", "doct", "dott", "geom", "habil",
    "hochschulprof", "magist", "phil", "priv", "privatdoz", "prof", "rechtsanw", "soph", "stud",
    "theol", "univ", "univprof",
}  # fmt: skip


def holds_address(text: str) -> bool:
    """Say whether the text surely holds a web or e-mail address that somebody could follow."""
    folded = _folded(text)
    return bool(
        _SURE.search(folded)
        or _holds_whole_email(folded)
        or any(
            _is_path(found[2] or "")
            and _is_address(_word_before(folded, found.start()), found[1], has_path=True)
            for found in _DOT.finditer(folded)
        )
    )


def looks_like_domain(text: str) -> bool:
    """Say whether the text holds what may be a web address, or a word with a dot in it."""
    folded = _folded(text)
    return any(
        _is_address(_word_before(folded, found.start()), found[1], has_path=bool(found[2]))
        for found in _DOT.finditer(folded)
    )


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace(_IDEOGRAPHIC_STOP, ".")


def _holds_whole_email(text: str) -> bool:
    """Say whether something stands before an @, and behind it a domain with an ending there is."""
    at = text.find("@")
    while at != -1:
        domain = _DOMAIN.match(text, at + 1)
        if domain and _END_OF_LOCAL_PART.match(text[at - 1 : at]):
            labels = domain[0].split(".")
            if any(is_top_level_domain(label) for label in labels[1:]):
                return True
        at = text.find("@", at + 1)
    return False


def _is_path(text: str) -> bool:
    """Say whether a slash goes on as in an address, while "Mail.ru/VK" are two firms."""
    behind = text[1:]
    return bool(behind) and (behind in "?#%~_-" or behind.isalnum()) and not behind.isupper()


def _word_before(text: str, dot: int) -> str:
    words = re.findall(r"[\w-]+", text[max(0, dot - _LONGEST_WORD) : dot])
    return str(words[-1])


def _is_address(word: str, ending: str, *, has_path: bool) -> bool:
    known = ending.lower()
    if known in _NEVER_A_WORD:
        return True
    if known not in _LIKELY:
        return False
    if has_path:
        return True
    if len(word) == 1:
        return known in _AFTER_ONE_LETTER and ending.islower()
    if ending.istitle():  # the next sentence: "We are for it.In fact, …"
        return False
    if ending.isupper():  # a firm or a degree, unless everything is in capitals
        return word.isupper() and word not in _TITLES
    last = word.rpartition("-")[2].lower()  # Dipl.-Ing.in
    is_short = len(last) <= _SHORT or last in _ABBREVIATIONS
    return not (is_short and known in _COUNTRY_CODES)
