"""What a handler is given and what it returns; knows neither Telegram nor the database."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class Request:
    """One thing a person did: sent a command or a text, or pressed a button.

    `args` is the text after the command, or the button's data after its prefix. `quoted` is the
    text of the message replied to. `date` is in seconds since 1970, UTC, and so is `edited_at`,
    set when the message was edited. `button_on` is the
    message under which a button was pressed and `callback_id` what Telegram calls the press.
    """

    user_id: int
    chat_id: int
    message_id: int
    date: int
    private: bool
    args: str = ""
    quoted: str = ""
    name: str = ""
    edited_at: int | None = None
    button_on: int | None = None
    callback_id: str | None = None
    username: str | None = None  # in lower case

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Request":
        return cls(**json.loads(text))


@dataclass(frozen=True)
class Button:
    """`data` is at most 40 bytes: the owner's id is added to it on the way out."""

    text: str
    data: str


@dataclass(frozen=True)
class Job:
    """Long work to be done outside the transaction; `args` must survive JSON.

    It begins `after_s` seconds from now at the earliest.
    """

    kind: str
    args: dict[str, Any] = field(default_factory=dict)
    after_s: float = 0.0


@dataclass(frozen=True)
class Document:
    """A file to send; whoever sends it deletes `path` afterwards."""

    path: str
    filename: str


@dataclass(frozen=True)
class Reply:
    """What to say: a text, a file, an answer to a button press, or work to be done first.

    `entities` are Telegram's, offsets in UTF-16 units; with `markdown` the text is a model's and
    has its own marks instead. `footer` is a quiet last line. `toast` is shown over the chat when a
    button was pressed. With `edit` the text replaces that of the message with the button.
    What is said in other chats is in `also`, and `after` is called once the effect is stored.
    """

    text: str = ""
    entities: tuple[dict[str, Any], ...] = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    toast: str = ""
    edit: bool = False
    markdown: bool = False
    footer: str = ""
    document: Document | None = None
    jobs: tuple[Job, ...] = ()
    also: tuple["Notice", ...] = ()
    after: Callable[[], object] | None = None

    def to_json(self) -> str:
        """What is said in this chat: jobs and notices are stored apart, `after` not at all."""
        return json.dumps(
            {
                "text": self.text,
                "entities": self.entities,
                "buttons": [[[b.text, b.data] for b in row] for row in self.buttons],
                "toast": self.toast,
                "edit": self.edit,
                "markdown": self.markdown,
                "footer": self.footer,
                "document": self.document and [self.document.path, self.document.filename],
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> "Reply":
        stored = json.loads(text)
        return cls(
            text=stored["text"],
            entities=tuple(stored["entities"]),
            buttons=tuple(tuple(Button(*b) for b in row) for row in stored["buttons"]),
            toast=stored["toast"],
            edit=stored["edit"],
            markdown=stored["markdown"],
            footer=stored["footer"],
            document=Document(*stored["document"]) if stored["document"] else None,
        )


class Answer(Protocol):
    """An answer on its way: its text in pieces, then what to say when it has ended."""

    def __iter__(self) -> Iterator[str]: ...

    def stop_button(self) -> Button:
        """The button under the growing answer."""
        ...

    def stop(self) -> None:
        """End it: nobody reads it any more."""
        ...

    def conclude(self) -> Reply:
        """The whole of it, once the pieces have ended; called in a transaction."""
        ...


@dataclass(frozen=True)
class Notice:
    """What is said in a chat whose people did nothing just now; its buttons are for `user_id`."""

    chat_id: int
    user_id: int
    reply: Reply

    def request(self) -> Request:
        """What the words answer: nothing that was said, so they are no reply to a message."""
        return Request(self.user_id, self.chat_id, message_id=0, date=0, private=True)
