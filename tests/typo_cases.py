"""What typos.py and did-you-mean.js must both say: (typed, meant), "" where nothing is asked."""

from __future__ import annotations

TYPO_CASES = [
    # One slip: a letter missing, added or wrong, or two neighbours swapped.
    ("suzie@gmai.com", "suzie@gmail.com"),
    ("suzie@mgail.com", "suzie@gmail.com"),
    ("suzie@gmial.com", "suzie@gmail.com"),
    ("suzie@gmaill.com", "suzie@gmail.com"),
    ("suzie@ggmail.com", "suzie@gmail.com"),
    ("suzie@gnail.com", "suzie@gmail.com"),
    ("suzie@gmail.co", "suzie@gmail.com"),
    ("suzie@gmail.cm", "suzie@gmail.com"),
    ("suzie@gmail.comn", "suzie@gmail.com"),
    ("suzie@gmailcom", "suzie@gmail.com"),
    ("suzie@gmail,com", "suzie@gmail.com"),
    ("suzie@gmail.com.", "suzie@gmail.com"),
    ("suzie@hotmial.com", "suzie@hotmail.com"),
    ("suzie@hotmail.co.ku", "suzie@hotmail.co.uk"),
    ("suzie@outlok.de", "suzie@outlook.de"),
    ("suzie@wep.de", "suzie@web.de"),
    ("suzie@gmx.d", "suzie@gmx.de"),
    ("suzie@gmx.nte", "suzie@gmx.net"),
    ("suzie@tonline.de", "suzie@t-online.de"),
    ("suzie@wanado.fr", "suzie@wanadoo.fr"),
    ("suzie@gmaíl.com", "suzie@gmail.com"),
    ("suzie@gm\U0001d51eil.com", "suzie@gmail.com"),  # two UTF-16 units are one letter
    # An ending that does not exist, at any domain, and a slip besides.
    ("suzie@example.con", "suzie@example.com"),
    ("suzie@example.cmo", "suzie@example.com"),
    ("suzie@example.ogr", "suzie@example.org"),
    ("suzie@verein.example.ed", "suzie@verein.example.de"),
    ("suzie@gmial.con", "suzie@gmail.com"),
    ("suzie@mail.con", "suzie@mail.com"),
    # The part before the @ is kept, and so is the rest of what was typed.
    ("Suzie.S+x@GMIAL.com", "Suzie.S+x@gmail.com"),
    ("  suzie@gmial.com ", "suzie@gmail.com"),
    ("a@b@gmial.com", "a@b@gmail.com"),
    # Providers that we know, and others that only look like them.
    *(
        (f"suzie@{domain}", "")
        for domain in (
            *("gmail.com", "GMAIL.com", "googlemail.com", "mail.com", "ymail.com", "email.com"),
            *("gmx.com", "gmx.at", "gmx.ch", "gmx.eu", "hotmail.de", "hotmail.be", "live.de"),
            *("live.be", "outlook.be", "yahoo.se", "yahoo.es", "me.com", "pm.me", "posteo.ee"),
            *("cloud.com", "ao.com", "libera.it", "weg.de"),
        )
    ),
    # Other people's domains.
    ("suzie@example.org", ""),
    ("suzie@own.example.com", ""),
    ("suzie@exmaple.org", ""),
    ("suzie@gmail.com.example.org", ""),
    ("suzie@gmaaal.com", ""),
    ("suzie@gial.co", ""),
    ("suzie@con", ""),
    ("suzie@example.con.example.org", ""),
    ("suzie@xn--gmal-nza.com", ""),
    # No address yet.
    ("", ""),
    ("suzie", ""),
    ("suzie@", ""),
    ("@gmial.com", ""),
    ("gmial.com", ""),
]
