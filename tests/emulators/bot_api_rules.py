"""What Telegram accepts as a text, as entities and as a keyboard, and what it makes of them.

Checked against the sources of the Bot API server and of TDLib. Left out: links, mentions and
commands that Telegram finds in a text by itself, and the splitting of styles at the ends of links.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from .bot_api_errors import bad_request
from .bot_api_html import Span, parse_html
from .bot_api_links import is_link

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
RAW_LIMIT_BYTES = 1 << 15
ENTITY_LIMIT = 100

STYLES = ("bold", "italic", "underline", "strikethrough", "spoiler")  # these may overlap
BLOCKS = ("blockquote", "expandable_blockquote")
CODE = ("code", "pre")
WHOLE = (*CODE, "text_link", "text_mention", "custom_emoji")  # never cross one another
FOUND_BY_SERVER = (
    "mention hashtag cashtag bot_command url email phone_number bank_card_number date_time"
)
ORDER = {name: i for i, name in enumerate((*BLOCKS, "pre", *WHOLE, *STYLES))}
EXTRA = {
    "text_link": "url",
    "text_mention": "user",
    "custom_emoji": "custom_emoji_id",
    "pre": "language",
}

BLANK = " \n"
_CONTROL = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f]")
_REMOVED = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")


@dataclass(slots=True)
class Formatted:
    """A text as it is shown: trimmed, with entities in UTF-16 units; `notes` tell what was lost."""

    text: str
    entities: list[dict[str, Any]]
    notes: list[str] = field(default_factory=list)


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def format_text(
    raw: str, parse_mode: object, entities: object, limit: int, too_long: str
) -> Formatted:
    """What becomes of a text and its formatting; `parse_mode` wins over `entities`.

    Raises:
        RefusedError: the text is over `limit` UTF-16 units, or its formatting is wrong.
    """
    raw = raw if isinstance(raw, str) else str(raw)
    try:
        size = len(raw.encode())
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    if size > RAW_LIMIT_BYTES:
        raise bad_request("text is too long")
    text, spans = _parsed(raw, parse_mode, entities)
    text, spans = _cleaned(text, spans)
    if utf16_length(text) > limit:
        raise bad_request(too_long)
    notes: list[str] = []
    spans = _capped(_untangled(text, spans, notes), notes)
    return Formatted(text, _to_entities(text, spans), notes)


def _parsed(raw: str, parse_mode: object, entities: object) -> tuple[str, list[Span]]:
    mode = str(parse_mode or "").lower()
    if mode == "html":
        return parse_html(raw)
    if mode in ("markdown", "markdownv2"):
        raise bad_request(f"the emulator does not read parse_mode {parse_mode}")
    if mode not in ("", "none"):
        raise bad_request("unsupported parse_mode")
    if not entities or not isinstance(entities, list):
        return raw, []
    return raw, _spans(raw, entities)


def _spans(text: str, entities: list[Any]) -> list[Span]:
    bounds = _utf16_offsets(text)
    spans = []
    for entity in entities:
        if not isinstance(entity, dict):
            raise bad_request("can't parse MessageEntity: expected an Object")
        for name in ("offset", "length"):
            if not isinstance(entity.get(name), int):
                raise bad_request(f"can't parse MessageEntity: Can't find field \"{name}\"")
        kind = entity.get("type")
        if kind in FOUND_BY_SERVER.split():
            continue
        if kind not in ORDER:
            raise bad_request("can't parse MessageEntity: Unsupported type specified")
        if entity["length"] != 0:
            start, end = _located(entity["offset"], entity["length"], bounds)
            spans.append(Span(start, end, kind, _extra(entity, kind)))
    return spans


def _located(offset: int, length: int, bounds: list[int]) -> tuple[int, int]:
    for name, value in (("offset", offset), ("length", length)):
        if not 0 <= value <= 1_000_000:
            raise bad_request(f"receive an entity with incorrect {name} {value}")
    end = offset + length
    if offset >= bounds[-1]:
        raise bad_request(f"entity begins after the end of the text at UTF-16 offset {offset}")
    if end > bounds[-1]:
        raise bad_request(
            f"entity beginning at UTF-16 offset {offset} ends after the end of the text"
            f" at UTF-16 offset {end}"
        )
    first, last = bisect_left(bounds, offset), bisect_left(bounds, end)
    if bounds[first] != offset:
        raise bad_request("entity begins in a middle of a UTF-16 symbol")
    if bounds[last] != end:
        raise bad_request(
            f"entity beginning at UTF-16 offset {offset} ends in a middle of a UTF-16 symbol"
        )
    return first, last


def _extra(entity: dict[str, Any], kind: str) -> dict[str, Any]:
    name = EXTRA.get(kind)
    if name is None or (kind == "pre" and not entity.get(name)):
        return {}
    if entity.get(name) is None:
        raise bad_request(f"can't parse MessageEntity: Can't find field \"{name}\"")
    if kind == "text_link" and not is_link(str(entity[name])):
        raise bad_request(f"entity URL '{entity[name]}' is invalid: Wrong HTTP URL")
    return {name: entity[name]}


def _cleaned(text: str, spans: list[Span]) -> tuple[str, list[Span]]:
    """Without what Telegram removes, and trimmed; the spans move along."""
    if _CONTROL.search(text):
        text = _CONTROL.sub(" ", text)
    if _REMOVED.search(text):
        kept = list(accumulate((not _REMOVED.match(letter) for letter in text), initial=0))
        for span in spans:
            span.start, span.end = kept[span.start], kept[span.end]
        text = _REMOVED.sub("", text)
    shown = text.strip(BLANK)
    lead = len(text) - len(text.lstrip(BLANK))
    for span in spans:
        span.start = min(max(span.start - lead, 0), len(shown))
        span.end = min(max(span.end - lead, 0), len(shown))
    return shown, _not_blank(shown, spans)


def _not_blank(text: str, spans: list[Span]) -> list[Span]:
    """Entities begin with something that can be seen; one over blanks alone is none."""
    for span in spans:
        while span.start < span.end and text[span.start] in BLANK:
            span.start += 1
    return [span for span in spans if span.end > span.start]


def _untangled(text: str, spans: list[Span], notes: list[str]) -> list[Span]:
    """No crossing of links and code, no style inside code: the server drops what breaks this."""
    if not spans:
        return []
    spans.sort(key=_place)
    blocks = _apart((span for span in spans if span.type in BLOCKS), notes)
    whole = _apart((span for span in spans if span.type in WHOLE), notes)
    for span in whole:
        span.extra = span.extra if span.type != "code" else {}
    crossing = [span for span in whole if any(_cross(span, block) for block in blocks)]
    for span in crossing:
        notes.append(f"{span.type} at {span.start} crosses a quotation and is dropped")
        whole.remove(span)
    code = [span for span in whole if span.type in CODE]
    styles: list[Span] = []
    for name in STYLES:
        for span in _merged(span for span in spans if span.type == name):
            left = _outside(span, code)
            if left != [span]:
                notes.append(f"{span.type} at {span.start} is cut out of code")
            styles += left
    return sorted([*blocks, *whole, *_not_blank(text, styles)], key=_place)


def _place(span: Span) -> tuple[int, int, int]:
    return span.start, -span.end, ORDER[span.type]


def _apart(spans: Iterable[Span], notes: list[str]) -> list[Span]:
    kept: list[Span] = []
    for span in spans:
        if kept and span.start < kept[-1].end:
            notes.append(f"{span.type} at {span.start} meets {kept[-1].type} and is dropped")
        else:
            kept.append(span)
    return kept


def _cross(one: Span, other: Span) -> bool:
    apart = one.end <= other.start or other.end <= one.start
    inside = other.start <= one.start and one.end <= other.end
    return not apart and not inside


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in spans:
        if merged and span.start <= merged[-1].end:
            merged[-1].end = max(merged[-1].end, span.end)
        else:
            merged.append(span)
    return merged


def _outside(span: Span, code: list[Span]) -> list[Span]:
    pieces, start = [], span.start
    for hole in code:
        if hole.end <= start or hole.start >= span.end:
            continue
        if hole.start > start:
            pieces.append(Span(start, hole.start, span.type, {}))
        start = hole.end
    if start == span.start:
        return [span]
    if start < span.end:
        pieces.append(Span(start, span.end, span.type, {}))
    return pieces


def _capped(spans: list[Span], notes: list[str]) -> list[Span]:
    """The hundred that are kept: links, code and quotations go before styles."""
    counted = [span for span in spans if span.type != "custom_emoji"]
    if len(counted) <= ENTITY_LIMIT:
        return spans
    notes.append(f"{len(counted)} entities: those over {ENTITY_LIMIT} are dropped")
    counted.sort(key=lambda span: span.type in STYLES)
    dropped = {id(span) for span in counted[ENTITY_LIMIT:]}
    return [span for span in spans if id(span) not in dropped]


def _to_entities(text: str, spans: list[Span]) -> list[dict[str, Any]]:
    if not spans:
        return []
    bounds = _utf16_offsets(text)
    return [
        {
            "offset": bounds[span.start],
            "length": bounds[span.end] - bounds[span.start],
            "type": span.type,
            **span.extra,
        }
        for span in spans
    ]


def _utf16_offsets(text: str) -> list[int]:
    """Where each character begins, and the end of the last one, in UTF-16 units."""
    if text.isascii():
        return list(range(len(text) + 1))
    return list(accumulate((1 + (letter > "\uffff") for letter in text), initial=0))


def inline_keyboard(markup: object, *, inline_only: bool = False) -> dict[str, Any] | None:
    """The markup a message carries afterwards; keyboards that are not inline leave none.

    Raises:
        RefusedError: the markup is no object, or a button is not acceptable.
    """
    if markup is None or markup == "":
        return None
    if not isinstance(markup, dict):
        words = "can't parse reply keyboard markup JSON object"
        raise bad_request(words if isinstance(markup, str) else "object expected as reply markup")
    if "inline_keyboard" not in markup:
        if inline_only and markup:
            raise bad_request("inline keyboard expected")
        return None
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" must be of type Array')
    buttons = [button for row in rows for button in row]
    if len(buttons) > 100 or any(len(row) > 8 for row in rows):
        raise bad_request("reply markup is too long")
    for button in buttons:
        _check_button(button)
    return {"inline_keyboard": [row for row in rows if row]} if buttons else None


_ACTIONS = (
    "url callback_data web_app login_url switch_inline_query switch_inline_query_current_chat"
    " switch_inline_query_chosen_chat copy_text callback_game pay"
)


def _check_button(button: object) -> None:
    problem = "can't parse inline keyboard button: "
    if not isinstance(button, dict):
        raise bad_request(f"{problem}InlineKeyboardButton must be an Object")
    text = button.get("text")
    if not isinstance(text, str) or not text.strip():
        raise bad_request(f'{problem}Can\'t find field "text"')
    chosen = [name for name in _ACTIONS.split() if button.get(name) is not None]
    if len(chosen) != 1:
        raise bad_request(f"{problem}Text buttons are unallowed in the inline keyboard")
    if "callback_data" in chosen:
        size = len(str(button["callback_data"]).encode("utf-8", "surrogatepass"))
        if not 1 <= size <= 64:
            raise bad_request("BUTTON_DATA_INVALID")
    if "url" in chosen and not is_link(str(button["url"])):
        raise bad_request(
            f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL"
        )
