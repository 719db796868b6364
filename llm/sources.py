"""Where an answer was found: the pages that it cites."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from llm.characters import sound
from llm.model_list import label_of
from llm.provider import JSON, as_dict

MAX_SOURCES = 10
MAX_URL = 2000  # characters; a cut address leads nowhere, so that a longer one is left out


@dataclass(frozen=True)
class Source:
    """A page: an address of http or https, and a title of one line."""

    url: str
    title: str


def read_sources(part: JSON) -> list[Source]:
    """What a message or a delta cites; what cannot be followed is left out."""
    listed = part.get("annotations")
    rows = map(as_dict, listed if isinstance(listed, list) else [])
    cited = (as_dict(row.get("url_citation")) for row in rows if row.get("type") == "url_citation")
    return [found for row in cited if (found := _source(row)) is not None]


def _source(cited: JSON) -> Source | None:
    url, title = cited.get("url"), cited.get("title")
    if not isinstance(url, str) or len(url) > MAX_URL or not url.isprintable() or " " in url:
        return None
    try:
        split = urlsplit(url)
        host = split.hostname
    except ValueError:
        return None
    if split.scheme not in ("http", "https") or not host:
        return None
    return Source(url, label_of(sound(title) if isinstance(title, str) else "", host))
