"""Provokes every known way for a secret to get into the log: python -m tests.leaks LEVEL [bare].

`bare` leaves logging as Python and the libraries set it up, to show that each of them does leak.
"""

import gc
import http.server
import logging
import sys
import threading
import warnings
from collections.abc import Callable

import requests
import telebot
from telebot import apihelper
from telebot.handler_backends import BaseMiddleware

import logs

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
KEY = "key-of-no-known-looks-0123456789"
ISSUED = "eyJjdHkiOiJqd3QiLCJlbmMiOiJBMjU2Q0JD"  # by a server, while the bot runs
HASH = TOKEN.partition(":")[2]
TEXT = "сокровенные-слова-человека"

log = logging.getLogger("leaks")


class Refusing(http.server.BaseHTTPRequestHandler):
    """Refuses everything, as Telegram refuses."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b'{"ok":false,"error_code":400,"description":"Bad Request"}'
        self.send_response(400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


class Passing(BaseMiddleware):  # type: ignore[misc]
    """Middleware of telebot's own kind."""

    def __init__(self) -> None:
        super().__init__()
        self.update_types = ["message"]

    def pre_process(self, message: object, data: object) -> None:
        pass

    def post_process(self, message: object, data: object, exception: object) -> None:
        pass


class Dying:
    def __del__(self) -> None:
        raise ValueError(TOKEN)


def failing(message: object) -> None:
    raise ValueError(f"no connection to /bot{TOKEN}/getMe")


def unreachable() -> None:
    try:
        requests.post(f"http://127.0.0.1:9/bot{TOKEN}/getMe", timeout=1)
    except requests.ConnectionError as error:
        log.error("No connection: %s", error)


def refused() -> None:
    try:
        telebot.TeleBot(TOKEN, threaded=False).send_message(1, TEXT)
    except apihelper.ApiTelegramException as error:
        log.error("Refused: %s", error.result.url)


def file_address() -> None:
    apihelper.FILE_URL = "https://api.telegram.org/file/bot{0}/{1}"
    log.error("Fetching %s", apihelper.FILE_URL.format(TOKEN, "voice.ogg"))


def middleware() -> None:
    bot = telebot.TeleBot(TOKEN, threaded=False, use_class_middlewares=True)
    bot.setup_middleware(Passing())
    bot.register_message_handler(failing, func=lambda message: True)
    chat = {"id": 1, "type": "private"}
    message = {"message_id": 1, "date": 1, "chat": chat, "text": TEXT}
    bot.process_new_updates([telebot.types.Update.de_json({"update_id": 1, "message": message})])


def logged_traceback() -> None:
    try:
        raise KeyError(f"https://example.com/?key={KEY}")
    except KeyError:
        log.exception("Failed")


def faulty_call() -> None:
    log.error("%d of %d", TOKEN, 1)


def warned() -> None:
    warnings.warn(f"the token {ISSUED} is about to expire", stacklevel=1)


def thread_dies() -> None:
    def work() -> None:
        raise ValueError(TOKEN)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def destructor_dies() -> None:
    Dying()
    gc.collect()


def percent_encoded() -> None:
    log.error("GET /bot%s and /bot%s", TOKEN.replace(":", "%3A"), TOKEN.replace(":", "%3a"))


def partial() -> None:
    log.error("GET /bot…%s", HASH)


def header() -> None:
    log.error("Headers: %s", {"Authorization": f"Bearer {ISSUED}"})


def key_in_an_address() -> None:
    log.error("GET https://example.com/v1/models?key=%s&page=1", KEY)


def dictionary_in_a_record() -> None:
    log.error("Settings: %r", {"token": TOKEN, "keys": [KEY]})


LEAKS: tuple[Callable[[], None], ...] = (
    unreachable, refused, file_address, middleware, logged_traceback, faulty_call, warned,
    thread_dies, destructor_dies, percent_encoded, partial, header, key_in_an_address,
    dictionary_in_a_record,
)  # fmt: skip


def words_in_a_traceback() -> None:
    try:
        int(TEXT)
    except ValueError:
        log.exception("Failed")


def main(level: str, bare: str = "") -> None:
    server = http.server.HTTPServer(("127.0.0.1", 0), Refusing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    apihelper.API_URL = f"http://127.0.0.1:{server.server_port}/bot{{0}}/{{1}}"
    if bare:
        logging.basicConfig(level=level, stream=sys.stderr)
        telebot.logger.setLevel(level)
    else:
        logs.set_up(level, [TOKEN, KEY])
        logs.hide(ISSUED)
    for leak in (*LEAKS, words_in_a_traceback):
        print(f"=== {leak.__name__}", file=sys.stderr, flush=True)
        leak()
    print("=== uncaught", file=sys.stderr, flush=True)
    raise RuntimeError(f"{TOKEN} {KEY}")


if __name__ == "__main__":
    main(*sys.argv[1:])
