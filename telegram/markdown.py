"""A model's Markdown as Telegram messages.

The parser says what is a mark; everything else is shown. Marks that are read otherwise in a chat
than Markdown means them stay text: 2*3*4, __init__, ~20, prices in dollars, HTML.
"""

import re

from handlers.formatting import RichText
from telegram.parsing import settle_dollars
from telegram.rendering import Renderer
from telegram.splitting import Entities, is_blank, split
from utf16 import sound

RENDERED_MOST = 160_000  # characters, about forty messages: what is over them is shown as it came
_NOT_SHOWN = re.compile("[\u2028-\u202e\u0333\u033f\u030a]")  # Telegram takes them out
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def messages(source: str, head: str = "") -> list[tuple[str, Entities]]:
    """A whole Markdown text, after a `head` shown as it is, as messages that Telegram takes.

    They have at most 4,096 UTF-16 units and 100 entities, and none is blank: a text of which
    rendering leaves nothing is shown as it came. While a text grows, messages that are full change
    only where Markdown itself changes its meaning.
    """
    source = _cleaned(source)
    end = len(source)
    if end > RENDERED_MOST:
        end = source.rfind("\n", 0, RENDERED_MOST) + 1 or RENDERED_MOST
    rendered = render(source[:end])
    page = RichText()
    page.add(head)
    if is_blank(rendered.text):
        page.add(source)
    else:
        page.extend(rendered)
        page.add(source[end:])
    return list(split(page.text, page.entities))


def render(source: str) -> RichText:
    """Markdown as a text with Telegram's entities."""
    return Renderer(settle_dollars(source.encode())).render()


def _cleaned(source: str) -> str:
    """Without what Telegram would take out itself, moving the entities behind it."""
    source = sound(source).replace("\r\n", "\n").replace("\r", "\n")
    return _NOT_SHOWN.sub("", _CONTROL.sub(" ", source))
