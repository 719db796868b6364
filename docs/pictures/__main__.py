"""Makes the pictures of these pages out of what the real bot says, beside the tests' servers.

Run from the project's folder, with chromium, pngquant and the fonts Roboto and Noto Color Emoji
installed: python -m docs.pictures [scene …]
"""

import sys
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


# id, name, tokens, whether it sees: what the screen of models is made of
FREE = {"prompt": "0", "completion": "0"}
CATALOGUE = (
    ("deepseek/deepseek-r1:free", "DeepSeek R1", 163_840, False),
    ("deepseek/deepseek-chat:free", "DeepSeek V3.1", 163_840, False),
    ("google/gemma-4-31b-it:free", "Gemma 4 31B", 262_144, True),
    ("google/gemma-4-26b-a4b-it:free", "Gemma 4 26B A4B", 262_144, True),
    ("meta-llama/llama-4-maverick:free", "Llama 4 Maverick", 1_048_576, True),
    ("meta-llama/llama-4-scout:free", "Llama 4 Scout", 327_680, True),
    ("mistralai/mistral-small:free", "Mistral Small 3.2", 131_072, True),
    ("moonshotai/kimi-k2:free", "Kimi K2", 262_144, False),
    ("nvidia/nemotron-3-ultra-550b-a55b:free", "Nemotron 3 Ultra", 262_144, False),
    ("openrouter/free", "Free Models Router", 200_000, True),
    ("qwen/qwen3-235b-a22b:free", "Qwen3 235B", 262_144, False),
    ("qwen/qwen3-coder:free", "Qwen3 Coder", 262_144, False),
    ("z-ai/glm-4.5-air:free", "GLM 4.5 Air", 131_072, False),
)


def main() -> None:
    """Play each scene that is named, or all, and show it in each theme."""
    for name in sys.argv[1:] or SCENES:
        with stand(TIMEZONE=ZONE, OWNER_ID=str(ANNA)) as one:
            one.api.person(ANNA, first_name="Мария")
            messages = SCENES[name](one, Talk(one.api, ANNA))
        for theme in THEMES:
            path = FOLDER / f"{name}-{theme}.png"
            picture(page(TITLE, messages, theme, ZoneInfo(ZONE)), path)
            print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


def start(one: Stand, say: Talk) -> Sequence[Message]:
    """What the owner sees first."""
    say("/start")
    return one.api.messages(ANNA)


def help_(one: Stand, say: Talk) -> Sequence[Message]:
    """A section of the help."""
    say.turn(say.message("/help"), "💬 Вопросы")
    return one.api.messages(ANNA)


def settings(one: Stand, say: Talk) -> Sequence[Message]:
    """The settings, one of them changed."""
    shown = say.message("/settings")
    say.turn(shown, "📏 Под ответом: время, модель и токены")
    say.turn(shown, "коротко")
    return one.api.messages(ANNA)


def models(one: Stand, say: Talk) -> Sequence[Message]:
    """The first screen of the models, after some were chosen."""
    one.model.pages["/models"] = {"data": [_row(*entry) for entry in CATALOGUE]}
    say("/models_update")
    for chosen in ("google/gemma-4-31b-it:free", "deepseek/deepseek-r1:free"):
        say(f"/model {chosen}")
    before = len(one.api.messages(ANNA))
    say("/models")
    return one.api.messages(ANNA)[before:]


def note(one: Stand, say: Talk) -> Sequence[Message]:
    """A note that is edited by answering, and the way back to its old text."""
    saved = say.message("/note_add Встреча с Аней в пятницу в 18:00 #дела")
    before = len(one.api.sent(ANNA))
    say.press(saved, "✏️")
    prompt = one.api.wait_sent(ANNA, before + 2)[-1]
    say("Встреча с Аней в субботу в 12:00 #дела", reply_to=prompt)
    return one.api.messages(ANNA)


def _row(key: str, name: str, tokens: int, sees: bool) -> dict[str, object]:
    inputs = ["text", "image"] if sees else ["text"]
    architecture = {"input_modalities": inputs, "output_modalities": ["text"]}
    return {
        "id": key, "name": name, "context_length": tokens, "pricing": FREE,
        "architecture": architecture,
    }  # fmt: skip


def conversation(one: Stand, say: Talk) -> Sequence[Message]:
    """A note, a search, a question to the notes, and an answer that still grows."""
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


SCENES: dict[str, Callable[[Stand, Talk], Sequence[Message]]] = {
    "conversation": conversation,
    "start": start,
    "help": help_,
    "settings": settings,
    "models": models,
    "note": note,
}

if __name__ == "__main__":
    main()
