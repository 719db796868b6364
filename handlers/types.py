"""What a handler is given and what it returns; knows neither Telegram nor the database."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from dialogue.progress import Status as Status
from entities import Entities, of_end
from files import Attachment as Attachment
from files import Files as Files
from files import FileTooLargeError as FileTooLargeError
from files import FileUnavailableError as FileUnavailableError
from storage.chats import FORMER

COPIED_MOST = 256  # Telegram's limit
APART = ("tasks", "also", "after")  # what a stored reply does not hold


@dataclass(frozen=True)
class Content:
    """What a message holds that a note can keep.

    `origin` and `origin_at` are who wrote it, and when, if that was somebody else. With `markdown`
    the text is a model's answer as it was written, else `entities` are how it is formatted.
    `readable` is what a model can be given of it, `album` names the messages it came with.
    """

    message_id: int
    text: str = ""
    origin: str = ""
    origin_at: int | None = None
    attachment: Attachment | None = None
    markdown: bool = False
    readable: Attachment | None = None
    album: str = ""
    entities: Entities = ()

    def formatted_end(self, end: str) -> Entities:
        """The entities of the end of the text, such as what follows a command."""
        return of_end(self.text, self.entities, end)

    @classmethod
    def from_stored(cls, stored: dict[str, Any] | None) -> "Content | None":
        if stored is None:
            return None
        named = {name: stored.get(name) for name in ("attachment", "readable")}
        files = {name: Attachment(**file) if file else None for name, file in named.items()}
        return cls(**{**stored, **files, "entities": tuple(stored.get("entities", ()))})

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Content":
        content = cls.from_stored(json.loads(text))
        assert content is not None
        return content

    def moved(self) -> "Content":
        """The same, of a message of the group that the chat was."""
        return replace(self, message_id=self.message_id - FORMER)


@dataclass(frozen=True)
class Place:
    """Where something is said: a chat and, in a forum, its topic (`message_thread_id`)."""

    chat_id: int
    thread_id: int | None = None


@dataclass(frozen=True)
class Request:
    """One thing a person did: sent a command or a text, or pressed a button.

    `args` is the text after the command. `quoted` is the text of the message replied to. `date`
    is in seconds since 1970, UTC, and so is `edited_at`, set when the message was edited.
    `language` is what the person's Telegram speaks (IETF), "" when it does not say.
    `button_on` is the message under which a button was pressed, which is the caption of a file if
    it is `on_caption`, and `callback_id` what Telegram calls the press.
    With `queued` others of the same person were waiting for an answer when it came.
    `content` is what the message itself holds, `replied` what that one holds which it, or the
    message with the button, replies to; if that is an answer of the bot's, `replied_turn` is its
    turn, and if it is about a reminder, `answered` is the first button under it and
    `answered_number` what that is for.
    """

    user_id: int
    chat_id: int
    message_id: int
    date: int
    private: bool
    args: str = ""
    quoted: str = ""
    name: str = ""
    button_on: int | None = None
    callback_id: str | None = None
    on_caption: bool = False
    edited_at: int | None = None
    username: str | None = None  # in lower case
    content: Content | None = None
    replied: Content | None = None
    replied_turn: int | None = None
    answered: str = ""
    answered_number: int = 0
    thread_id: int | None = None  # the topic of a forum
    language: str = ""
    queued: bool = False

    @property
    def place(self) -> Place:
        """Where it is answered."""
        return Place(self.chat_id, self.thread_id)

    def moved(self, chat_id: int) -> "Request":
        """The same, in the supergroup that its group has become.

        Messages are numbered anew there: none of the group's is answered or changed any more.
        """
        return replace(
            self,
            chat_id=chat_id,
            message_id=self.message_id - FORMER,
            button_on=None,
            thread_id=None,
            content=self.content and self.content.moved(),
            replied=self.replied and self.replied.moved(),
        )

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    def as_task(self, args: dict[str, Any] | None = None) -> str:
        """The body of a task that somebody asked for."""
        return json.dumps({"request": asdict(self), "args": args or {}}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Request":
        return cls.from_stored(json.loads(text))

    @classmethod
    def from_stored(cls, stored: dict[str, Any]) -> "Request":
        parts = {name: Content.from_stored(stored.get(name)) for name in ("content", "replied")}
        return cls(**{**stored, **parts})


@dataclass(frozen=True)
class Button:
    """`data` is made by `buttons.button`; its owner is added on the way out.

    With a `url` the button opens that instead, with `copied` it puts that text, of at most
    COPIED_MOST characters, on the clipboard.
    """

    text: str
    data: str = ""
    url: str = ""
    copied: str = ""


@dataclass(frozen=True)
class Prompt:
    """A message of ours that is answered by replying to it: the keyboard opens for that.

    Its answer goes to the row `kind` of `commands.PROMPTS`, which reads `about` like the arguments
    of a button. `placeholder`, of at most 64 characters, stands in the empty field.
    """

    text: str
    kind: str
    about: str = ""
    placeholder: str = ""


@dataclass(frozen=True)
class Task:
    """Long work to be done outside the transaction; `args` must survive JSON.

    It begins `after_s` seconds from now at the earliest.
    """

    kind: str
    args: dict[str, Any] = field(default_factory=dict)
    after_s: float = 0.0


@dataclass(frozen=True)
class Document:
    """A file to send, as a picture or as it is; whoever sends it deletes `path` afterwards."""

    path: str
    filename: str
    picture: bool = False


@dataclass(frozen=True)
class Reply:
    """What to say: a text, files, an answer to a button press, or work to be done first.

    `entities` are Telegram's, offsets in UTF-16 units; with `markdown` the text is a model's and
    has its own marks instead, and `head` is shown before it as it is. `footer` is a quiet last
    line. `toast` is shown over the chat when a button was pressed. With `edit` the text replaces
    that of the message with the button, with `as_reply` it refers to the person's message.
    `documents` are sent with the text as the first one's caption. `attachment` goes before the
    text, in an album with `more_attachments`. `prompt` is asked after the text, in a message of
    its own. What is said in other chats is in `also`, and `after` is called once the effect is
    stored.
    """

    text: str = ""
    entities: Entities = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    toast: str = ""
    edit: bool = False
    as_reply: bool = False
    markdown: bool = False
    head: str = ""
    footer: str = ""
    documents: tuple[Document, ...] = ()
    attachment: Attachment | None = None
    more_attachments: tuple[Attachment, ...] = ()
    prompt: Prompt | None = None
    tasks: tuple[Task, ...] = ()
    also: tuple["Notice", ...] = ()
    after: Callable[[], object] | None = None

    def to_json(self) -> str:
        """What is said in this chat: tasks and notices are stored apart, `after` not at all."""
        stored = {name: value for name, value in vars(self).items() if name not in APART}
        return json.dumps(stored, ensure_ascii=False, default=vars)

    @classmethod
    def from_json(cls, text: str) -> "Reply":
        stored = json.loads(text)
        attachment, prompt = stored["attachment"], stored.get("prompt")
        more = stored.get("more_attachments", ())  # a reply of a version before has none
        return cls(
            **{
                **stored,
                "entities": tuple(stored["entities"]),
                "buttons": tuple(tuple(Button(**b) for b in row) for row in stored["buttons"]),
                "documents": tuple(Document(**document) for document in stored["documents"]),
                "attachment": Attachment(**attachment) if attachment else None,
                "more_attachments": tuple(Attachment(**file) for file in more),
                "prompt": Prompt(**prompt) if prompt else None,
            }
        )


@dataclass(frozen=True)
class Notice:
    """What is said in a chat whose people did nothing just now; its buttons are for `user_id`."""

    chat_id: int
    user_id: int
    reply: Reply

    def request(self) -> Request:
        """What the words answer: nothing that was said, so they are no reply to a message."""
        return Request(self.user_id, self.chat_id, message_id=0, date=0, private=True)


@dataclass(frozen=True)
class GrowingReply:
    """A reply that is shown while it comes: its text in pieces, then the whole of it.

    A Status among the pieces is shown until words follow it. `stop_button` stands under it
    meanwhile. `stop` ends it: nobody reads it any more. `conclude` is called in a transaction once
    the pieces have ended.
    """

    pieces: Iterable[str | Status]
    stop_button: Button
    stop: Callable[[], None]
    conclude: Callable[[], Reply]
