"""Find web and e-mail addresses in what people write about themselves, also disguised ones.

A dot between two words is no address by itself: St.Gallen, Node.js, or a sentence whose space was
forgotten. It is one before an ending of the web, and before a path.
"""

from __future__ import annotations

import re
import unicodedata

_SURE = re.compile(r"https?:|www\.|://|@|\bxn--", re.IGNORECASE)
# A dot with a letter, figure or hyphen before it and a whole word of letters behind it.
_DOT = re.compile(r"(?<=[\w-])\.([^\W\d_]{2,})(?!\w)(/?)")
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
ENDINGS = frozenset(_COUNTRIES.split()) | frozenset(_TOPICS.split())
_NEVER_A_WORD = {"com", "net", "org"}
# Behind a single letter only these: initials come before da, de, di and le too.
_AFTER_ONE_LETTER = {"com", "net", "org", "co", "io", "ly", "me"}
# In capitals they come before surnames, which may be two letters long.
_TITLES = {"DR", "FR", "ING", "JR", "MAG", "MR", "MRS", "MS", "PROF", "SR", "ST"}


def holds_address(text: str) -> bool:
    """Say whether the text holds a web or e-mail address that somebody could follow."""
    folded = unicodedata.normalize("NFKC", text).replace(_IDEOGRAPHIC_STOP, ".")
    if _SURE.search(folded):
        return True
    return any(
        _is_address(_word_before(folded, found.start()), found[1], has_path=bool(found[2]))
        for found in _DOT.finditer(folded)
    )


def _word_before(text: str, dot: int) -> str:
    words = re.findall(r"[\w-]+", text[max(0, dot - _LONGEST_WORD) : dot])
    return str(words[-1])


def _is_address(word: str, ending: str, *, has_path: bool) -> bool:
    known = ending.lower()
    if has_path and (ending.islower() or known in ENDINGS):
        return True
    if known in _NEVER_A_WORD:
        return True
    if known not in ENDINGS:
        return False
    if len(word) == 1:
        return known in _AFTER_ONE_LETTER and ending.islower()
    if ending.istitle():  # the next sentence: "We are for it.In fact, …"
        return False
    if ending.isupper():  # a firm or a degree, unless everything is in capitals
        return word.isupper() and word not in _TITLES
    return True
