"""Makes the pictures of these pages out of what the real bot says, beside the tests' servers.

Run from the project's folder, with chromium, pngquant and the fonts Roboto and Noto Color Emoji
installed: python -m docs.pictures
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.tools import Stand, stand
from docs.pictures.phone import THEMES, Message, page, picture
from tests.emulators.model_server import answer
from tests.talk import ANNA, Talk, ask

FOLDER = Path(__file__).parent
TITLE = "Мои заметки"
ZONE = "Europe/Moscow"
MODEL = "google/gemma-4-31b-it:free"

BEFORE = {  # days ago
    41: "Пароль от гостевой сети: roza-2026 #дом",
    37: "Идея: записывать, о чём спрашивают дети #семья",
    23: "Пионы пересадить в сентябре, на солнце #дача",
    5: "Спросить у врача про отпуск",
    2: "Купить молоко и хлеб",
}
GIFT = "У Ани день рождения 14 марта. Любит пионы и горький шоколад #подарки"
ABOUT_GIFT = (
    "Подарите **пионы** и **горький шоколад**: Аня любит и то и другое (#6). "
    "Успейте до **14 марта**."
)
QUESTION = "Как довезти пионы свежими?"
ABOUT_FLOWERS = (
    "Берите **плотные бутоны**: в тепле они раскроются сами.\n\n"
    "1. Срезы оберните мокрой салфеткой и пакетом.\n"
    "2. Везите лёжа, подальше от печки.\n"
    "3. Дома обновите срез и поставьте в прохладную воду."
)


def main() -> None:
    """Play each scene once and show it in each theme."""
    for name, play in SCENES.items():
        with stand(TIMEZONE=ZONE) as one:
            messages = play(one)
        for theme in THEMES:
            path = FOLDER / f"{name}-{theme}.png"
            picture(page(TITLE, messages, theme, ZoneInfo(ZONE)), path)
            print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


def conversation(one: Stand) -> Sequence[Message]:
    """A note, a search, a question to the notes, and an answer that still grows."""
    one.api.person(ANNA, first_name="Мария")
    say = Talk(one.api, ANNA)
    for days, note in BEFORE.items():
        say(f"/note_add {note}", date=int(time.time()) - days * 24 * 3600)
    unseen = len(one.api.messages(ANNA))
    say(f"/note_add {GIFT}")
    say("/note_find пион")
    usage = {"prompt_tokens": 210, "completion_tokens": 38, "total_tokens": 248}
    one.model.script(answer(ABOUT_GIFT, first_delay=0.6, pace=0.02, model=MODEL, usage=usage))
    ask(say, "/note_ask что подарить Ане?")
    one.model.script(answer(ABOUT_FLOWERS, size=6, pace=0.15, model=MODEL))
    before = len(one.api.sent(ANNA))
    one.api.text(ANNA, QUESTION)
    one.api.wait_answer(ANNA, contains="Везите", after=before)
    return one.api.messages(ANNA)[unseen:]


SCENES: dict[str, Callable[[Stand], Sequence[Message]]] = {"conversation": conversation}

if __name__ == "__main__":
    main()
