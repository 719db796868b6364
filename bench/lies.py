"""The ways a model can do harm with an answer, by the word that a question asks for them with."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass

from tests.emulators.model_behaviours import (
    EVENTS,
    JSON,
    Answer,
    Behaviour,
    Body,
    Call,
    Drop,
    SlowHeaders,
    answer,
    cut,
    empty,
    error,
    error_200,
    html,
    midstream_error,
    not_json,
    reasoning_only,
    stall,
)

SENTENCE = "Небо синее, потому что воздух рассеивает короткие волны сильнее длинных. "
STALL_S = 30.0
BOMB_MB = 256


@dataclass(frozen=True)
class Endless:
    """Never ends: `piece` again and again, as fast as it is read."""

    piece: bytes

    def play(self, call: Call) -> None:
        """Send until the client has had enough."""
        call.head(200, EVENTS)
        while True:
            call.write(self.piece)


def chunk(text: str) -> bytes:
    """A piece of an answer in pure ASCII: half an emoji has no UTF-8 of its own."""
    return (
        f"data: {json.dumps({'choices': [{'index': 0, 'delta': {'content': text}}]})}\n\n".encode()
    )


def _raw(*pieces: bytes) -> Answer:
    return Answer(pieces=pieces)


def _usage(tokens: object) -> Behaviour:
    document = {"choices": [], "usage": {"prompt_tokens": tokens, "completion_tokens": tokens}}
    return _raw(chunk("Посчитано."), f"data: {json.dumps(document)}\n\n".encode())


def _nested(command: str, depth: int) -> str:
    return "$" + f"\\{command}{{" * depth + "x" + "}" * depth + "$"


def _bomb() -> Behaviour:
    squeezed = gzip.compress(bytes(BOMB_MB << 20), 9)
    return Body(200, squeezed, {**EVENTS, "Content-Encoding": "gzip"})


_BOMB = _bomb()

LIES: dict[str, Callable[[], Behaviour]] = {
    "правда": lambda: answer(SENTENCE * 3, pace=0.01),
    "медленно": lambda: answer(SENTENCE * 8, pace=0.08),
    "сразу": lambda: answer("Да."),
    "не-sse": lambda: _raw(
        b"data: {\n\n", b"data: [1]\n\n", b'data: {"choices": null}\n\n',
        b"id: \x00\n: \xff\xfe\n\n",
        b'data: {"choices": [{"delta": {"content": [7]}}]}\n\n', chunk("Всё же ответ."),
    ),
    "ошибка-sse": lambda: _raw(chunk("Пол-ответа "), b'event: error\ndata: {"message": "x"}\n\n'),
    "bom": lambda: _raw(b"\xef\xbb\xbf" + chunk("Первые "), chunk("слова.")),
    "половины": lambda: _raw(chunk("Эмодзи \ud83d"), chunk("\ude00 и \ud800 один.")),
    "строка": lambda: _raw(chunk("До строки. "), b"data: " + b"x" * (8 << 20) + b"\n\n"),
    "строки-нет-конца": lambda: Endless(b"data: " + b"x" * 65536),
    "ответу-нет-конца": lambda: Endless(chunk(SENTENCE * 20)),
    "пустое-без-конца": lambda: Endless(b": keepalive\n\n" * 1000),
    "тильды": lambda: answer("~" * 4000 + "\nкод\n" + "~" * 4000, size=500),
    "ограда": lambda: answer("```" + "x" * 4000 + "\n" + "код\n" * 2000 + "```", size=500),
    "корни": lambda: answer(_nested("sqrt", 25), size=500),
    "черты": lambda: answer(" ".join(_nested(c, 20) for c in ("overline", "cancel", "underline"))),
    "скобки": lambda: answer("[" * 3000 + "(" * 3000 + "*_" * 2000 + ">" * 500, size=500),
    "список": lambda: answer("\n".join(f"{'  ' * n}- {n}" for n in range(300)), size=500),
    "таблица": lambda: answer(("|" + "a|" * 200 + "\n" + "|" + "-|" * 200 + "\n") * 10, size=500),
    "жирно": lambda: answer("**а** _б_ `в` " * 1000, size=200),
    "пробелы": lambda: answer("[Ответ]: 42\n\n```\n```\n# \n> \n&nbsp;\u200b\ufeff\u2060"),
    "нули": lambda: answer("слова\x00\x01\x1b[31m\u202e\ufffe" * 50),
    "токены": lambda: _usage(10**30),
    "токены-да": lambda: _usage(True),
    "токены-слова": lambda: _usage("много"),
    "много": lambda: answer(SENTENCE * (200_000 // len(SENTENCE)), size=2000, pace=0.02),
    "молчит": lambda: stall(1, seconds=STALL_S),
    "молчит-сразу": lambda: stall(0, seconds=STALL_S),
    "капли": lambda: SlowHeaders(0.05),
    "429": lambda: error(429, headers={"Retry-After": "1"}),
    "429-надолго": lambda: error(429, headers={"Retry-After": "999999999999"}),
    "503": lambda: error(503),
    "500-много": lambda: Body(500, b"{" * (4 << 20), {"Content-Type": "application/json"}),
    "401": lambda: error(401),
    "402": lambda: error(402),
    "200-ошибка": lambda: error_200(),
    "html": lambda: html(502),
    "html-200": lambda: html(200),
    "не-json": not_json,
    "пусто": empty,
    "думает": reasoning_only,
    "оборвано": cut,
    "ошибка": midstream_error,
    "бросает": Drop,
    "бомба": lambda: _BOMB,
    "не-gzip": lambda: Body(200, b"\x1f\x8b\x00nonsense", {**EVENTS, "Content-Encoding": "gzip"}),
}  # fmt: skip
HEAVY = ("много", "строка", "строки-нет-конца", "ответу-нет-конца", "бомба", "пустое-без-конца",
         "500-много", "капли")  # fmt: skip
ENTRIES: tuple[object, ...] = (
    [],
    None,
    [{"id": "x/" + "y" * 5000, "name": "\ud800", "context_length": 10**30}, 7, None, {}],
    [{"id": f"lie/{n}:free", "name": "Л" * 300} for n in range(3000)],
)
CATALOGUES: tuple[Behaviour, ...] = (
    *(
        Body(200, json.dumps({"data": entries}).encode(), {"Content-Type": "application/json"})
        for entries in ENTRIES
    ),
    html(200),
    error(500),
)


def lying(request: JSON) -> Behaviour:
    """What the last word of the question asks for; an answer to anything else is sound."""
    asked = request.get("messages")  # whoever is killed while asking sends no body
    words = asked[-1]["content"].split() if asked else []
    lie = LIES.get(words[-1].rstrip("?")) if words else None
    return lie() if lie else answer(SENTENCE)
