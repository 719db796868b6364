"""The HTML parse mode, with the refusals of the real server in its own words.

Checked against TDLib's parser: tag names in any case, the four named references, nesting.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .bot_api_errors import bad_request
from .bot_api_links import is_link, mentioned_user

TYPES = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **dict.fromkeys(("tg-spoiler", "span"), "spoiler"),
    "a": "text_link",
    "blockquote": "blockquote",
    "code": "code",
    "pre": "pre",
    "tg-emoji": "custom_emoji",
}
REFERENCES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}

_TOKEN = re.compile(r"<|&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?")
_START = re.compile(r"<([^\s>]*)([^>\"']*(?:\"[^\"]*\"[^>\"']*|'[^']*'[^>\"']*)*)>")
_NAME = re.compile(r"<([^\s>]*)")
_END = re.compile(r"</([^\s>]*)\s*>")
_ATTRIBUTE = re.compile(r"\s*([^\s=>]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([\w.-]+)))?(?=\s|$)")


@dataclass(slots=True)
class Span:
    """An entity over text[start:end], counted in characters of Python."""

    start: int
    end: int
    type: str
    extra: dict[str, Any]


@dataclass(slots=True)
class _Open:
    tag: str
    start: int
    attributes: dict[str, str]


def parse_html(html: str) -> tuple[str, list[Span]]:
    """The text without its tags, and the entities they stood for.

    Raises:
        RefusedError: "can't parse entities: …", as the real server words it.
    """
    parser = _Parser(html)
    parser.run()
    return "".join(parser.out), parser.spans


class _Parser:
    def __init__(self, html: str) -> None:
        self.html = html
        self.out: list[str] = []
        self.length = 0
        self.stack: list[_Open] = []
        self.spans: list[Span] = []

    def run(self) -> None:
        done = 0
        while (token := _TOKEN.search(self.html, done)) is not None:
            self._write(self.html[done : token.start()])
            if token[0] != "<":
                self._write(_decoded(token))
                done = token.end()
            elif self.html.startswith("</", token.start()):
                done = self._close(token.start())
            else:
                done = self._open(token.start())
        self._write(self.html[done:])
        if self.stack:
            raise self._refusal(
                f"Can't find end tag corresponding to start tag {self.stack[-1].tag}"
            )

    def _write(self, text: str) -> None:
        self.out.append(text)
        self.length += len(text)

    def _open(self, at: int) -> int:
        name = _NAME.match(self.html, at)
        if name is None or name.end() == len(self.html):
            raise self._refusal("Unclosed start tag at byte offset {}", at)
        tag = name[1].lower()
        if tag not in TYPES:
            raise self._refusal(f'Unsupported start tag "{tag}" at byte offset {{}}', at)
        found = _START.match(self.html, at)
        if found is None:
            raise self._refusal("Unclosed start tag at byte offset {}", at)
        attributes = dict(self._attributes(tag, found[2], at))
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self._refusal('Tag "span" must have class "tg-spoiler" at byte offset {}', at)
        self.stack.append(_Open(tag, self.length, attributes))
        return found.end()

    def _attributes(self, tag: str, source: str, at: int) -> Iterator[tuple[str, str]]:
        done, source = 0, source.rstrip()
        while done < len(source):
            found = _ATTRIBUTE.match(source, done)
            if found is None:
                raise self._refusal("Unexpected end of name token at byte offset {}", at)
            value = next((group for group in found.groups()[1:] if group is not None), None)
            if value is None and found[1] != "expandable":
                raise self._refusal(
                    "Expected equal sign in declaration of an attribute of the tag"
                    f' "{tag}" at byte offset {{}}',
                    at,
                )
            yield found[1], _TOKEN.sub(_decoded, value or "")
            done = found.end()

    def _close(self, at: int) -> int:
        if not self.stack:
            raise self._refusal("Unexpected end tag at byte offset {}", at)
        found = _END.match(self.html, at)
        if found is None:
            raise self._refusal("Unclosed end tag at byte offset {}", at)
        opened, name = self.stack.pop(), found[1].lower()
        if name and name != opened.tag:
            raise self._refusal(
                f'Unmatched end tag at byte offset {{}}, expected "</{opened.tag}>",'
                f' found "</{name}>"',
                at,
            )
        if self.length > opened.start:
            self._add(opened)
        return found.end()

    def _add(self, opened: _Open) -> None:
        span = Span(opened.start, self.length, TYPES[opened.tag], {})
        last = self.spans[-1] if self.spans else None
        twin = last is not None and (last.start, last.end) == (span.start, span.end)
        if opened.tag == "a":
            if not _link(span, opened.attributes.get("href") or "".join(self.out)[span.start :]):
                return
        elif opened.tag == "code":
            language = _language(opened)
            if twin and last is not None and last.type == "pre" and language:
                last.extra["language"] = language
                return
            span.extra = {"language": language} if language else {}
        elif opened.tag == "pre" and twin and last is not None and last.extra.get("language"):
            last.type = "pre"  # <pre><code class="language-…">: one block with its language
            return
        elif opened.tag == "tg-emoji":
            if not opened.attributes.get("emoji-id", "").isdecimal():
                raise self._refusal("Invalid custom emoji identifier specified")
            span.extra = {"custom_emoji_id": opened.attributes["emoji-id"]}
        elif opened.tag == "blockquote" and "expandable" in opened.attributes:
            span.type = "expandable_blockquote"
        self.spans.append(span)

    def _refusal(self, words: str, at: int = 0) -> Exception:
        offset = len(self.html[:at].encode("utf-8", "surrogatepass"))
        return bad_request("can't parse entities: " + words.replace("{}", str(offset)))


def _language(opened: _Open) -> str:
    name = opened.attributes.get("class", "")
    return name.removeprefix("language-") if name.startswith("language-") else ""


def _link(span: Span, url: str) -> bool:
    user = mentioned_user(url)
    if user is not None:
        span.type, span.extra = "text_mention", {"user": {"id": user}}
        return True
    span.extra = {"url": url}
    return is_link(url)


def _decoded(token: re.Match[str]) -> str:
    """What a reference stands for; one that is not known stays as it is."""
    hexadecimal, decimal, name = token.groups()
    if name:
        return REFERENCES.get(name, token[0])
    if not (hexadecimal or decimal):
        return token[0]
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(code) if 0 < code < 0x10FFFF and not 0xD800 <= code < 0xE000 else token[0]
