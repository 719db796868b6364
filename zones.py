"""Time zones as people name them: by a city, by the IANA's name, or by an offset from UTC."""

import difflib
import re
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

# One for each of Russia's eleven hours, from UTC+2 to UTC+12.
OF_RUSSIA = (
    "Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk",
    "Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan",
    "Asia/Kamchatka",
)  # fmt: skip
# Cities of Russia by their zone, with the capitals that its people ask for most.
CITIES = {
    "Europe/Kaliningrad": "калининград, советск, черняховск, балтийск, гусев",
    "Europe/Moscow": "москва, мск, питер, спб, санкт петербург, петербург, saint petersburg,"
    " st petersburg, нижний новгород, казань, kazan, ростов на дону, ростов, воронеж, краснодар,"
    " сочи, sochi, тула, ярославль, рязань, липецк, пенза, курск, тверь, иваново, брянск, белгород,"
    " калуга, владимир, смоленск, череповец, вологда, саранск, орел, тамбов, мурманск, murmansk,"
    " архангельск, северодвинск, петрозаводск, сыктывкар, кострома, новороссийск, таганрог, псков,"
    " великий новгород, чебоксары, набережные челны, йошкар ола, ставрополь, пятигорск, махачкала,"
    " грозный, владикавказ, нальчик, черкесск, магас, элиста, майкоп, армавир, каспийск, дербент,"
    " нижнекамск, альметьевск, дзержинск, балашиха, подольск, химки, мытищи, королев, люберцы,"
    " красногорск, одинцово, домодедово, электросталь, коломна, серпухов, зеленоград, обнинск,"
    " старый оскол, рыбинск, шахты, волгодонск, волжск, дубна, нарьян мар, выборг, гатчина",
    "Europe/Simferopol": "симферополь, севастополь, ялта, керчь, евпатория, феодосия",
    "Europe/Volgograd": "волгоград, волжский, камышин",
    "Europe/Kirov": "киров, вятка",
    "Europe/Samara": "самара, тольятти, сызрань, ижевск, воткинск, глазов, новокуйбышевск",
    "Europe/Astrakhan": "астрахань, ахтубинск",
    "Europe/Saratov": "саратов, энгельс, балаково, балашов",
    "Europe/Ulyanovsk": "ульяновск, димитровград",
    "Asia/Yekaterinburg": "екатеринбург, екб, челябинск, пермь, уфа, тюмень, оренбург, курган,"
    " магнитогорск, сургут, нижневартовск, нижний тагил, стерлитамак, салават, нефтекамск,"
    " тобольск, ханты мансийск, салехард, новый уренгой, ноябрьск, нефтеюганск, орск, златоуст,"
    " миасс, каменск уральский, первоуральск, березники, соликамск, октябрьский",
    "Asia/Omsk": "омск, тара",
    "Asia/Novosibirsk": "новосибирск, нск, бердск, академгородок",
    "Asia/Barnaul": "барнаул, бийск, рубцовск, горно алтайск",
    "Asia/Tomsk": "томск, северск",
    "Asia/Novokuznetsk": "новокузнецк, кемерово, прокопьевск, междуреченск",
    "Asia/Krasnoyarsk": "красноярск, норильск, абакан, ачинск, канск, железногорск, кызыл, "
    " минусинск",
    "Asia/Irkutsk": "иркутск, братск, ангарск, улан удэ, усть илимск",
    "Asia/Chita": "чита, краснокаменск",
    "Asia/Yakutsk": "якутск, благовещенск, нерюнгри, тында, свободный",
    "Asia/Vladivostok": "владивосток, хабаровск, комсомольск на амуре, уссурийск, находка, артем,"
    " биробиджан",
    "Asia/Sakhalin": "южно сахалинск, сахалин",
    "Asia/Magadan": "магадан",
    "Asia/Srednekolymsk": "среднеколымск",
    "Asia/Kamchatka": "петропавловск камчатский, камчатка, елизово",
    "Asia/Anadyr": "анадырь",
    "Europe/Minsk": "минск, гомель, брест, гродно, витебск, могилев",
    "Europe/Kyiv": "киев, харьков, одесса, днепр, львов",
    "Asia/Almaty": "алматы, алма ата, астана, шымкент, караганда",
    "Asia/Tashkent": "ташкент, самарканд",
    "Asia/Bishkek": "бишкек",
    "Asia/Dushanbe": "душанбе",
    "Asia/Ashgabat": "ашхабад",
    "Asia/Yerevan": "ереван",
    "Asia/Tbilisi": "тбилиси, батуми",
    "Asia/Baku": "баку",
    "Europe/Chisinau": "кишинев",
    "Europe/Riga": "рига",
    "Europe/Vilnius": "вильнюс",
    "Europe/Tallinn": "таллин",
    "Europe/Istanbul": "стамбул, анталья, анкара",
    "Europe/Belgrade": "белград",
    "Europe/Berlin": "берлин, мюнхен",
    "Europe/Paris": "париж",
    "Europe/London": "лондон",
    "Europe/Madrid": "мадрид, барселона",
    "Europe/Rome": "рим",
    "Europe/Prague": "прага",
    "Asia/Dubai": "дубай",
    "Asia/Jerusalem": "тель авив, иерусалим",
    "Asia/Bangkok": "бангкок, пхукет",
    "Asia/Shanghai": "пекин, шанхай",
    "Asia/Tokyo": "токио",
    "America/New_York": "нью йорк",
    "America/Los_Angeles": "лос анджелес, сан франциско",
}  # fmt: skip
# Where an offset has no whole hours: a place that keeps it all the year.
OF_HALF_HOURS = {
    (3, 30): "Asia/Tehran", (4, 30): "Asia/Kabul", (5, 30): "Asia/Kolkata",
    (5, 45): "Asia/Kathmandu", (6, 30): "Asia/Yangon", (8, 45): "Australia/Eucla",
    (9, 30): "Australia/Darwin",
}  # fmt: skip
MOSCOW_H = 3
NAME_CHARS = 50  # of what may be meant: no place has more, and likeness takes time to see
OFFSET = re.compile(r"(utc|gmt|мск|msk)? ?([+-]) ?(\d{1,2})(?::?([0-5]\d))?", re.ASCII)


def found(name: str) -> str | None:
    """The zone that somebody means, by the IANA's name; None when there is none."""
    said = _folded(name)
    return _at_offset(said) or _named().get(said)


def near(name: str) -> str | None:
    """The zone that may be meant by a name with a mistake in it."""
    close = difflib.get_close_matches(_folded(name[:NAME_CHARS]), _named(), n=1, cutoff=0.75)
    return _named()[close[0]] if close else None


def known(zone: str) -> str:
    """The name of a zone, as a button carries it.

    Raises:
        ValueError: there is none.
    """
    if zone not in _all():
        raise ValueError(zone)
    return zone


def offset(zone: str, at: datetime) -> str:
    """How far a zone is from UTC at a moment: "UTC+3", "UTC+5:30", "UTC"."""
    ahead = at.astimezone(ZoneInfo(zone)).utcoffset()
    minutes = int(ahead.total_seconds()) // 60 if ahead else 0
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return "UTC" + (f"{sign}{hours}" if minutes else "") + (f":{rest:02}" if rest else "")


def _at_offset(said: str) -> str | None:
    match = OFFSET.fullmatch(said)
    if match is None:
        return None
    base, sign, hours, minutes = match.groups()
    total = int(f"{sign}{hours}") + (MOSCOW_H if base in ("мск", "msk") else 0)
    if int(minutes or 0):
        return OF_HALF_HOURS.get((total, int(minutes)))
    if 2 <= total < 2 + len(OF_RUSSIA):
        return OF_RUSSIA[total - 2]
    zone = f"Etc/GMT{-total:+}" if total else "UTC"  # their signs are the other way round
    return zone if zone in _all() else None


@cache
def _all() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def _named() -> dict[str, str]:
    """Every name that is understood, folded."""
    zones = sorted(zone for zone in _all() if "/" in zone or zone == "UTC")
    of_iana = {_folded(zone): zone for zone in zones}
    last_parts = {_folded(zone.rpartition("/")[2]): zone for zone in zones if zone[:3] != "Etc"}
    cities = {city.strip(): zone for zone, names in CITIES.items() for city in names.split(",")}
    return {**last_parts, **of_iana, **cities}


def _folded(name: str) -> str:
    name = name.lower().replace("ё", "е").replace("−", "-")
    is_offset = OFFSET.fullmatch(" ".join(name.split())) is not None
    return " ".join((name if is_offset else re.sub(r"[-_–—.]", " ", name)).split())
