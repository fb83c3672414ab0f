"""Invented people who mean it: names as the world writes them, titles, offices and comments."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

# First and last names by language; which comes first is part of a name, so it stays with them.
_NAMES = {
    "en": (
        "Amy Brendan Clara Dominic Edith Fergus Gwen Harriet",
        "Ashworth Barlow Chadwick Dunmore",
    ),
    "de": ("Annegret Björn Cäcilie Dietmar Elke Falk Gundula Jürgen", "Brückner Eßlinger Großkopf"),
    "fr": ("Aurélie Benoît Chloé Didier Élodie François Gaëlle", "Beaumanoir Châtelain Desrosiers"),
    "es": ("Álvaro Begoña Concepción Íñigo Lucía Nuria", "Arriaga Ibáñez Quiñones Zubizarreta"),
    "pt": ("Antônio Beatriz Conceição Gonçalo Inês João", "Albuquerque Magalhães Figueirôa"),
    "it": ("Alessia Beniamino Chiara Donatella Niccolò", "Acquaviva Bonfiglioli Castelnuovo"),
    "pl": ("Agnieszka Bożena Grzegorz Łukasz Małgorzata", "Jędrzejczak Wiśniewska Żurek"),
    "cs": ("Bořivoj Dobromila Jiří Květa Řehoř", "Dvořáčková Hruška Přibyl Šťastná"),
    "hu": ("Ágnes Dezső Győző Ilona Örs", "Csörgő Fehérvári Szilágyi Várkonyi"),
    "sv": ("Åke Birgitta Göran Märta Östen", "Ängström Lindqvist Sjögren Wåhlberg"),
    "is": ("Ásgeir Guðrún Hrafnhildur Þorsteinn", "Ægisdóttir Brynjólfsson Þórarinsdóttir"),
    "tr": ("Ayşegül Çağrı Gülşen İlker Özge", "Ağaoğlu Çelikbaş Şimşek Yıldırım"),
    "vi": ("Nguyễn Trần Lê Phạm", "Thị-Hồng Văn-Đức Ngọc-Ánh Quang-Huy"),
    "ru": ("Аглая Борис Галина Дмитрий Елизавета Юлия", "Журавлёва Лебедев Цветков Щукина"),
    "uk": ("Богдан Ганна Ївга Олеся Юрій", "Гончаренко Дячук Лисенко Ярошенко"),
    "el": ("Δήμητρα Γιώργος Θεοδώρα Λευτέρης", "Παπαδάκης Σταυρίδου Φωτιάδης Ψαρράς"),
    "ar": ("أمينة جمال خديجة سليم", "الحداد الخطيب النجار الشريف"),
    "he": ("אביגיל דניאל יעל שמעון", "אלמוג ברקוביץ לוין שפירא"),
    "fa": ("بهرام پروانه شیرین کامران", "احمدی جعفری رستمی کریمی"),
    "hi": ("आरती दीपक नेहा सुरेश", "चौधरी त्रिपाठी शर्मा वर्मा"),
    "ka": ("ნინო გიორგი თამარ ლევან", "ბერიძე კაპანაძე მაისურაძე"),
    "hy": ("Անահիտ Գևորգ Նարե Տիգրան", "Հակոբյան Մարտիրոսյան Սարգսյան"),
    "ja": ("田中 佐藤 鈴木 高橋", "さくら 健太 美咲 大輔"),
    "ko": ("김 이 박 최", "민준 서연 지훈 하은"),
    "zh": ("王 李 張 陳", "小明 美玲 建國 雅婷"),
    "th": ("สมชาย มาลี ประเสริฐ วิไล", "ใจดี รักไทย ทองคำ ศรีสุข"),
    "am": ("አበበ ሰላም ተስፋዬ ሂሩት", "በቀለ ገብረ ታደሰ ወልደ"),
}
_HONORIFICS = ("Dr.", "Prof. Dr.", "Dr.in", "Prof.", "Dipl.-Ing.", "Mag.a")
_MIDDLE = ("Maria", "J.", "A. M.", "Johannes", "von", "de la", "Sophie")
_BEHIND = ("PhD", "M.A.", "Jr.", "MdB a. D.")
_TITLES = (
    "",
    "",
    "",
    "Teacher",
    "Pflegefachkraft",
    "Professor of Hydrology",
    "IT-Leiter:in",
    "Retired",
    "Ingénieure",
    "M.Sc./B.Ed.",
    "1. Vorsitzende",
    "Hausfrau & Mutter",
)
_OFFICES = (
    "",
    "",
    "",
    "University of Tiefenbach",
    "Public Library Oosterwaard",
    "GOV.UK",
    "3M",
    "Mail.ru Group",
    "ООО Сова",
    "Kulturverein Ä.Ö.Ü.",
    "Booking.com",
    "St.Gallen",
)
_ORGANISATIONS = (
    "Frauen*netz Süd",
    "TSV 1860 Niederquell e. V.",
    "350.org Lakeside",
    "Opendata.ch",
    "Citizens of Oosterwaard",
    "Nein zu Gleis 3!",
    "#unteilbar Tiefenbach",
)
_COUNTRIES = (
    "",
    "DE",
    "DE",
    "FR",
    "GB",
    "US",
    "ES",
    "IT",
    "PL",
    "NL",
    "SE",
    "AT",
    "BR",
    "IN",
    "JP",
)
_COMMENTS = (
    "",
    "",
    "",
    "",
    "Thank you for this.",
    "Endlich sagt es jemand!",
    "Pour mes enfants.",
    "I have waited for this for years. We all have.",
    "Это важно для всех нас.",
)
_DOMAINS, _SAME_WORKPLACE = 400, "uni-tiefenbach.example.org"
LASTS = timedelta(days=3)


@dataclass(frozen=True)
class Invented:
    """Somebody who signs, and how; `fake` is the kind of fake, or empty."""

    fake: str
    name: str
    email: str
    network: str
    came: timedelta  # after the letter began
    confirms_after: timedelta | None  # None: does not
    is_organisation: bool = False
    title: str = ""
    affiliation: str = ""
    country: str = ""
    comment: str = ""


def somebody(dice: Random, number: int) -> Invented:
    """Return an honest person, or now and then an organisation."""
    is_organisation = dice.random() < 0.03
    organisation = f"{dice.choice(_ORGANISATIONS)} {_place(dice)}"
    person = Invented(
        fake="",
        name=organisation if is_organisation else name(dice),
        email=f"{_mailbox(dice, number)}@{_domain(dice)}",
        network=_network(dice, number),
        came=dice.random() * LASTS,
        confirms_after=_delay(dice),
        is_organisation=is_organisation,
        country=dice.choice(_COUNTRIES),
        comment=dice.choice(_COMMENTS),
    )
    if is_organisation:
        return person
    return replace(person, title=dice.choice(_TITLES), affiliation=dice.choice(_OFFICES))


def name(dice: Random) -> str:
    """Return a name of any language, some with titles, middle names, or letters behind."""
    language = dice.choice(list(_NAMES))
    first, last = (dice.choice(names.split()) for names in _NAMES[language])
    if language in {"zh", "ko"}:
        return first + last
    if first.isascii() or language in {"de", "fr", "es", "it", "pl", "cs", "hu", "sv", "is"}:
        chance = dice.random()
        if chance < 0.15:
            first = f"{dice.choice(_HONORIFICS)} {first}"
        elif chance < 0.35:
            first = f"{first} {dice.choice(_MIDDLE)}"
        elif chance < 0.4:
            last = f"{last}, {dice.choice(_BEHIND)}"
        elif chance < 0.5:
            last = f"{last}-{dice.choice(_NAMES[language][1].split())}"
    return f"{first} {last}"


def _place(dice: Random) -> str:
    ends = ("bach", "wald", "see", "au", "burg", "feld")
    return dice.choice(("Ober", "Unter", "Neu", "Alt", "Nieder")) + dice.choice(ends)


def _mailbox(dice: Random, number: int) -> str:
    return f"{dice.choice(('post', 'mail', 'me', 'hello', 'x'))}{number}"


def _domain(dice: Random) -> str:
    if dice.random() < 0.05:
        return _SAME_WORKPLACE
    return f"d{dice.randrange(_DOMAINS)}.example.org"


def _network(dice: Random, number: int) -> str:
    """Return an address of a network that hardly anybody else has."""
    if dice.random() < 0.5:
        return f"2001:db8:{number:x}:{dice.randrange(65536):x}::1"
    return f"{dice.choice(('192.0.2', '198.51.100', '203.0.113'))}.{dice.randrange(1, 255)}"


def _delay(dice: Random) -> timedelta | None:
    """Return how long it takes somebody to open a mail: a minute or an hour, or for ever."""
    if dice.random() < 0.1:
        return None
    return timedelta(seconds=min(dice.lognormvariate(5, 1.3) + 8, 72_000))
