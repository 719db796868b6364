"""The Bot API through telebot, and what its failures mean. Decides nothing."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import requests
from telebot import TeleBot, apihelper, types

import proxies
from setting_values import MOST_ID
from telegram.sender import CONNECT_TIMEOUT_S, Sender
from texts import hosting as texts

# While Telegram is out of reach it is tried soon and every other second, so that its return is
# seen in a moment. After a long outage nobody waits for the very second.
PROBE_FIRST_S = 0.5
PROBE_EVERY_S = 2.0
LONG_OUTAGE_S = 600.0
LONG_OUTAGE_PROBE_S = 30.0
# A server that hangs looks like one that has no updates: it is noticed only when a poll is over.
POLL_TIMEOUT_S = 4
DOWNLOAD_TIMEOUT_S = 60  # without a byte
DOWNLOAD_MOST_S = 600.0  # for the whole of a file
DOWNLOAD_PIECE = 1 << 16
TOO_LARGE = 413
# What the bot handles; Telegram keeps the rest to itself.
ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "inline_query"]


# What may stand in one album.
ALBUM_KINDS = (("photo", "video"), ("document",), ("audio",))
IN_ALBUM: dict[str, Callable[[str], types.InputMedia]] = {
    "photo": types.InputMediaPhoto,
    "video": types.InputMediaVideo,
    "document": types.InputMediaDocument,
    "audio": types.InputMediaAudio,
}


class TelegramError(Exception):
    """A call of the Bot API failed. One of those below."""


class ThrottledError(TelegramError):
    """429: nothing may be sent to this chat for `retry_after` seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"throttled for {retry_after} s")
        self.retry_after = retry_after


class UnreachableError(TelegramError):
    """No sensible answer: the network or the server is down. Worth trying again later."""


class UnauthorizedError(UnreachableError):
    """401: the token is not, or no longer, that of a bot. Nothing was said to anybody."""


class MovedError(TelegramError):
    """The group has become a supergroup: whatever is said to it goes to `chat_id`."""

    def __init__(self, chat_id: int) -> None:
        super().__init__(f"moved to {chat_id}")
        self.chat_id = chat_id


class RefusedError(TelegramError):
    """The server understood and refused; the same call will be refused again."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description


class TooLargeError(TelegramError):
    """A file is larger than was agreed."""


class BlockedError(RefusedError):
    """The person blocked the bot, or it is not in the chat any more, or may not write there."""


class Telegram:
    """The calls the bot makes. Every method raises one of the errors above, nothing else."""

    def __init__(self, token: str, api_url: str, sender: Any = None, proxy: str = "") -> None:
        """`proxy` is an address, "" for what the environment says; a `sender` has its own way."""
        apihelper.API_URL = api_url + "/bot{0}/{1}"
        apihelper.FILE_URL = api_url + "/file/bot{0}/{1}"
        self._sender = apihelper.CUSTOM_REQUEST_SENDER = sender or Sender(api_url, proxy)
        self._token = token
        self._proxies = proxies.for_requests(proxy)
        self.bot = TeleBot(token, threaded=False, num_threads=1)

    def get_me(self) -> Any:
        """The bot as Telegram knows it: telebot's User."""
        with translated():
            return self.bot.get_me()

    def date(self) -> datetime | None:
        """The time by Telegram's clock at its last answer; None: it did not say."""
        try:
            return parsedate_to_datetime(str(self._sender.date))
        except ValueError:
            return None

    def get_updates(self, offset: int, wait_s: int) -> list[Any]:
        """New updates as plain JSON values; waits for them up to `wait_s`.

        telebot would parse them here, and one that it cannot read would block all that follow.
        """
        with translated():
            found = apihelper.get_updates(
                self._token,
                offset=offset,
                allowed_updates=ALLOWED_UPDATES,
                long_polling_timeout=wait_s,
            )
        if not isinstance(found, list):
            raise UnreachableError("updates are no list")
        return found

    def set_webhook(self, url: str, secret: str, max_connections: int) -> None:
        """Have updates delivered to `url`, with `secret` in a header of each request."""
        with translated():
            self.bot.set_webhook(
                url,
                max_connections=max_connections,
                allowed_updates=ALLOWED_UPDATES,
                secret_token=secret,
            )

    def webhook_info(self) -> types.WebhookInfo:
        """Where updates are delivered, and how the last delivery failed."""
        with translated():
            return self.bot.get_webhook_info()

    def delete_webhook(self) -> None:
        """Have updates kept for `get_updates`; those not delivered yet are among them."""
        with translated():
            self.bot.delete_webhook()

    def send(
        self,
        chat_id: int,
        text: str,
        entities: Iterable[dict[str, Any]] = (),
        markup: types.InlineKeyboardMarkup | types.ForceReply | None = None,
        reply_to: int | None = None,
        thread_id: int | None = None,
    ) -> int:
        """Send a message of at most 4,096 UTF-16 units and return its id.

        Here and below `thread_id` is the topic of a forum.
        """
        with translated():
            sent = self.bot.send_message(
                chat_id,
                text,
                entities=entities_of(entities),
                reply_markup=markup,
                reply_parameters=_reply_to(reply_to),
                link_preview_options=types.LinkPreviewOptions(is_disabled=True),
                message_thread_id=thread_id,
            )
            return int(sent.message_id)

    def edit(
        self,
        chat_id: int,
        message_id: int,
        text: str,
        entities: Iterable[dict[str, Any]] = (),
        markup: types.InlineKeyboardMarkup | None = None,
        is_caption: bool = False,
    ) -> None:
        """Replace text (or a file's caption) and buttons of a message; the same is no error."""
        marks, no_preview = entities_of(entities), types.LinkPreviewOptions(is_disabled=True)
        try:
            with translated():
                if is_caption:
                    self.bot.edit_message_caption(
                        text, chat_id, message_id, caption_entities=marks, reply_markup=markup
                    )
                else:
                    self.bot.edit_message_text(
                        text,
                        chat_id,
                        message_id,
                        entities=marks,
                        reply_markup=markup,
                        link_preview_options=no_preview,
                    )
        except RefusedError as error:
            if "message is not modified" not in error.description:
                raise

    def delete(self, chat_id: int, message_id: int) -> None:
        """Delete a message of the bot's."""
        with translated():
            self.bot.delete_message(chat_id, message_id)

    def send_file(
        self,
        chat_id: int,
        kind: str,
        file: Path | str,
        filename: str = "",
        caption: str = "",
        entities: Iterable[dict[str, Any]] = (),
        markup: types.InlineKeyboardMarkup | None = None,
        reply_to: int | None = None,
        thread_id: int | None = None,
        quiet: bool = False,
    ) -> types.Message:
        """Send a file: a path is uploaded (50 MB, a picture 10), a text names one Telegram keeps.

        `kind` is photo, document, voice and the like; a video note has no caption.
        """
        shown: dict[str, Any] = {"caption": caption, "caption_entities": entities_of(entities)}
        with translated(), _opened(file, filename) as sent:
            send = getattr(self.bot, f"send_{kind}")
            return send(
                chat_id,
                sent,
                disable_notification=quiet or None,
                reply_markup=markup,
                reply_parameters=_reply_to(reply_to),
                message_thread_id=thread_id,
                **(shown if caption else {}),
            )

    def send_album(
        self,
        chat_id: int,
        files: Iterable[tuple[str, str]],
        reply_to: int | None = None,
        thread_id: int | None = None,
    ) -> None:
        """Send 2 to 10 files that Telegram keeps, (kind, file_id) each, as one album.

        The kinds are those of `ALBUM_KINDS`, all of one row.
        """
        with translated():
            self.bot.send_media_group(
                chat_id,
                [IN_ALBUM[kind](file_id) for kind, file_id in files],
                reply_parameters=_reply_to(reply_to),
                message_thread_id=thread_id,
            )

    def download(self, file_id: str, target: Path, most: int) -> None:
        """Write a file of at most `most` bytes, whatever is said of its size, into `target`.

        Raises:
            TooLargeError: it is larger.
        """
        with translated():
            path = self.bot.get_file(file_id).file_path
            # telebot would wait for ever.
            response = requests.get(
                apihelper.FILE_URL.format(self._token, path),
                timeout=(CONNECT_TIMEOUT_S, DOWNLOAD_TIMEOUT_S),
                proxies=self._proxies,
                stream=True,
            )
            with response:
                response.raise_for_status()
                size = _copy(response, target, most)
        if size > most:
            raise TooLargeError(f"above {most} bytes")

    def answer_callback(self, callback_id: str, toast: str) -> None:
        """End the waiting of a pressed button, with a line over the chat if there is one."""
        with translated():
            self.bot.answer_callback_query(callback_id, text=toast[:200] or None)

    def action(self, chat_id: int, action: str, thread_id: int | None = None) -> None:
        """Show «печатает…» and the like for the next five seconds."""
        with translated():
            self.bot.send_chat_action(chat_id, action, message_thread_id=thread_id)


def entities_of(entities: Iterable[dict[str, Any]]) -> list[types.MessageEntity] | None:
    """Entities as telebot takes them."""
    return [types.MessageEntity.de_json(entity) for entity in entities] or None


def _reply_to(message_id: int | None) -> types.ReplyParameters | None:
    if message_id is None or message_id <= 0:  # a message of the group that this chat was
        return None
    return types.ReplyParameters(message_id, allow_sending_without_reply=True)


@contextmanager
def _opened(file: Path | str, filename: str) -> Iterator[types.InputFile | str]:
    """A file as telebot sends it."""
    if isinstance(file, str):
        yield file
        return
    with file.open("rb") as content:
        yield types.InputFile(content, filename)


def _copy(response: requests.Response, target: Path, most: int) -> int:
    """Write what arrives, up to the piece with which it becomes too much; returns how much."""
    size, deadline = 0, time.monotonic() + DOWNLOAD_MOST_S
    with target.open("wb") as file:
        for piece in response.iter_content(DOWNLOAD_PIECE):
            size += len(piece)
            if size > most:
                break
            if time.monotonic() > deadline:
                raise requests.Timeout
            file.write(piece)
    return size


# Not an answer of the Bot API, or JSON of another shape than telebot expects.
UNREADABLE = (
    apihelper.ApiException,
    OSError,  # every error of requests is one, and a CA bundle that is not there
    AttributeError,
    KeyError,
    TypeError,
    ValueError,
)


@contextmanager
def translated() -> Iterator[None]:
    """Every failure of telebot and requests as one of this module's errors."""
    try:
        yield
    except apihelper.ApiTelegramException as exc:
        raise _meaning(exc) from exc
    except apihelper.ApiHTTPException as exc:
        status = exc.result.status_code
        if status == proxies.REFUSES:
            raise UnreachableError(texts.PROXY_FAILS) from exc
        # What a server before Telegram's own says in HTML.
        raise (
            RefusedError(status, "Request Entity Too Large")
            if status == TOO_LARGE
            else UnreachableError(f"{status} without JSON")
        ) from exc
    except UNREADABLE as exc:
        # Or no connection, or a cut one: nobody knows what happened at the other end.
        is_proxys = proxies.is_at_fault(exc)
        raise UnreachableError(texts.PROXY_FAILS if is_proxys else type(exc).__name__) from exc


# A chat, or a topic of it, that takes nothing, whatever is sent to it. One that only files of some
# kind may not be sent to («not enough rights to send photos to the chat») still takes words.
CLOSED = (
    "not enough rights to send text",
    "have no rights to send",
    "CHAT_WRITE_FORBIDDEN",
    "chat not found",
    "PEER_ID_INVALID",
    "message thread not found",
    "TOPIC_CLOSED",
    "TOPIC_DELETED",
)


def _meaning(exc: apihelper.ApiTelegramException) -> TelegramError:
    code, description = exc.error_code, str(exc.description)
    if (moved_to := _parameter(exc, "migrate_to_chat_id")) is not None:
        return MovedError(moved_to)
    if code == 429:
        return ThrottledError(float(_parameter(exc, "retry_after") or 1))
    if code == 401:
        return UnauthorizedError(description)
    if code == 403 or any(words in description for words in CLOSED):
        return BlockedError(code, description)
    if code >= 500:
        return UnreachableError(f"{code} {description}")
    return RefusedError(code, description)


def _parameter(exc: apihelper.ApiTelegramException, name: str) -> int | None:
    """A number that comes with a refusal and says what to do."""
    parameters = exc.result_json.get("parameters")
    found = parameters.get(name) if isinstance(parameters, dict) else None
    return found if type(found) is int and abs(found) <= MOST_ID else None
