"""Messages of the Bot API as a chat on a phone: an HTML page, and a picture of it."""

import base64
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

Message = Mapping[str, Any]  # as in the Bot API; `_by_bot` and, of a file, `_bytes` are added

THEMES = ("light", "dark")
WIDTH = 390  # CSS pixels
SCALE = 2
STYLE = Path(__file__).with_name("phone.css")
TIMEOUT_S = 60

# What Telegram marks in a text by itself: such entities are not the sender's.
FOUND = re.compile(r"(?<![\w/])(?:/[a-z]\w*|#[^\W\d]\w*|https?://\S+)")
TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": "mark",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}
FILES = {"document": "📎", "voice": "🎤", "audio": "🎵", "video": "🎬", "animation": "🎞"}
MEASURE = "document.documentElement.dataset.height = document.body.scrollHeight"


def page(title: str, messages: Iterable[Message], theme: str, zone: ZoneInfo) -> str:
    """An HTML page with the chat; times are shown in `zone`."""
    rows = "\n".join(_row(message, zone) for message in messages)
    return f"""<!doctype html>
<html lang="ru" class="{theme}">
<meta charset="utf-8">
<style>{STYLE.read_text("utf-8")}</style>
<body>
<main>
<header>
<i class="back"></i><i class="face">📝</i>
<div><b>{escape(title)}</b><small>бот</small></div>
<i class="more"></i>
</header>
<section>
{rows}
</section>
<footer><i class="clip"></i><span>Сообщение</span><i class="voice"></i></footer>
</main>
<script>{MEASURE}</script>
</body>
</html>"""


def picture(html: str, path: Path) -> None:
    """Take a picture of a page, as high as the page is, with Chromium and pngquant."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        source.write_text(html, "utf-8")
        found = re.search(r'data-height="(\d+)"', _chromium(folder, source, "--dump-dom"))
        if found is None:
            raise ValueError("Chromium did not say how high the page is")
        shot = Path(folder) / "page.png"
        size = f"--window-size={WIDTH},{found[1]}"
        _chromium(folder, source, f"--screenshot={shot}", size)
        _run("pngquant", "--force", "--strip", "--speed=1", f"--output={path}", "256", str(shot))


def _chromium(folder: str, source: Path, *options: str) -> str:
    return _run(
        "chromium",
        "--headless",
        "--no-sandbox",  # the page is ours, and whoever runs this may be root in a container
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        "--default-background-color=00000000",
        f"--user-data-dir={folder}/profile",
        f"--force-device-scale-factor={SCALE}",
        *options,
        source.as_uri(),
    )


def _run(*command: str) -> str:
    done = subprocess.run(  # noqa: S603  # a developer's own tools
        command, check=True, capture_output=True, text=True, timeout=TIMEOUT_S
    )
    return done.stdout


def _row(message: Message, zone: ZoneInfo) -> str:
    side = "in" if message["_by_bot"] else "out"
    text = message.get("text") or message.get("caption") or ""
    entities = message.get("entities") or message.get("caption_entities") or []
    moment = datetime.fromtimestamp(message["date"], zone)
    ticks = "" if message["_by_bot"] else "<i>✓✓</i>"
    bubble = "".join(
        (
            _reply(message.get("reply_to_message")),
            _file(message),
            f"<p>{rich(text, entities)}<time>{moment:%H:%M}{ticks}</time></p>",
        )
    )
    return f'<div class="{side}"><div class="bubble">{bubble}</div>{_keyboard(message)}</div>'


def _reply(to: Message | None) -> str:
    if to is None:
        return ""
    name = to.get("from", {}).get("first_name", "")
    text = to.get("text") or to.get("caption") or "файл"
    return f'<div class="reply"><b>{escape(name)}</b><span>{escape(text)}</span></div>'


def _file(message: Message) -> str:
    if "photo" in message:
        content = base64.b64encode(message["_bytes"]).decode()
        return f'<img src="data:image/png;base64,{content}">'
    for kind, sign in FILES.items():
        if kind in message:
            name = message[kind].get("file_name", "")
            return f'<div class="file"><i>{sign}</i><b>{escape(name)}</b></div>'
    return ""


def _keyboard(message: Message) -> str:
    keyboard = message.get("reply_markup", {}).get("inline_keyboard", [])
    rows = (
        "<div>" + "".join(f"<span>{escape(button['text'])}</span>" for button in row) + "</div>"
        for row in keyboard
    )
    return f'<div class="keys">{"".join(rows)}</div>' if keyboard else ""


def rich(text: str, entities: Iterable[Mapping[str, Any]]) -> str:
    """The text with its entities as HTML; they count in UTF-16 units and lie one in another."""
    outer_first = sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))
    return "".join(_nested(text.encode("utf-16-le"), 0, None, outer_first))


def _nested(
    wide: bytes, start: int, end: int | None, entities: list[Mapping[str, Any]]
) -> Iterator[str]:
    """The piece of a text from `start` to `end`; `entities` lie in it and are used up."""
    end = len(wide) // 2 if end is None else end
    while entities and entities[0]["offset"] < end:
        entity = entities.pop(0)
        stop = min(end, entity["offset"] + entity["length"])
        yield _plain(wide[2 * start : 2 * entity["offset"]])
        yield _tagged(entity, "".join(_nested(wide, entity["offset"], stop, entities)))
        start = stop
    yield _plain(wide[2 * start : 2 * end])


def _tagged(entity: Mapping[str, Any], inside: str) -> str:
    tag = TAGS.get(entity["type"])
    if tag is None:
        return inside if inside.startswith("<a>") else f"<a>{inside}</a>"
    if entity["type"] == "pre" and entity.get("language"):
        inside = f"<small>{escape(entity['language'])}</small>{inside}"
    return f"<{tag}>{inside}</{tag}>"


def _plain(wide: bytes) -> str:
    text = wide.decode("utf-16-le")
    return FOUND.sub(r"<a>\g<0></a>", escape(text, quote=False))
