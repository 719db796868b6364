"""The model registry: which models there are, which is the default, who chose another."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from db import Database

# A name in Russian was given here, and is not replaced by one of a catalogue that is not.
CYRILLIC = "GLOB '*[' || char(1024) || '-' || char(1279) || ']*'"
LABEL = (
    f"CASE WHEN models.label {CYRILLIC} AND NOT excluded.label {CYRILLIC}"
    " THEN models.label ELSE excluded.label END"
)
DIGEST_CHARS = 12
COLUMNS = (
    "m.id, m.key, m.label, m.active, m.provider, m.context_length, m.free, m.available, m.inputs,"
    " m.tools"
)


@dataclass(frozen=True)
class Model:
    """A row of the registry: `key` is the provider's name for it, `label` is for people.

    `active` marks the default. `context_length` is in tokens, None when not known; `free` is None
    when the provider does not say. One that is not `available` has left its provider's catalogue,
    or the provider is not set up. `inputs` is what it takes beside text, such as image and audio,
    `tools` whether it can call functions; None when nobody says.
    """

    id: int
    key: str
    label: str
    active: bool
    provider: str = "openrouter"
    context_length: int | None = None
    free: bool | None = None
    available: bool = True
    inputs: frozenset[str] | None = None
    tools: bool | None = None

    def takes(self, kind: str) -> bool | None:
        """Whether it takes images, audio and the like; None when nobody says."""
        return None if self.inputs is None else kind in self.inputs


class Entry(Protocol):
    """What a catalogue says of a model; see `Model`."""

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def context_length(self) -> int | None: ...
    @property
    def free(self) -> bool | None: ...
    @property
    def inputs(self) -> frozenset[str] | None: ...
    @property
    def tools(self) -> bool | None: ...


@dataclass(frozen=True)
class Offer:
    """A model that costs money and is not in the registry; `digest` names it in few letters."""

    provider: str
    key: str
    label: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{self.provider}/{self.key}".encode()).hexdigest()[:DIGEST_CHARS]


@dataclass(frozen=True)
class Changes:
    """What a catalogue changed: the keys of the models that are new, that are gone, that are back.

    `offered` is how many models of the provider can be asked now.
    """

    offered: int
    new: tuple[str, ...]
    gone: tuple[str, ...]
    back: tuple[str, ...]


class NoModelsError(Exception):
    """The registry is empty."""


class ModelGoneError(ValueError):
    """The model is no longer offered."""

    def __init__(self, model: Model) -> None:
        super().__init__(f"model {model.id} is gone")
        self.model = model


class Models:
    """The tables `models`, `choices`, `recent_models` and `offers`.

    `providers` are those that are set up, None: all.
    """

    def __init__(self, db: Database, providers: Collection[str] | None = None) -> None:
        self._db = db
        self._providers = providers

    def list_models(self) -> list[Model]:
        """All models in the order of their ids."""
        return self._select("ORDER BY m.id")

    def listed(self) -> list[Model]:
        """The models of the providers that are set up; with none set up all, as an example."""
        return [m for m in self.list_models() if self._is_set_up(m.provider) or not self._providers]

    def get_active_model(self) -> Model:
        """The default model; with none active, the first one becomes it.

        While the provider of the default is not set up, the first that can be asked stands in.

        Raises:
            NoModelsError: there are no models at all.
        """
        default = self._stored_default()
        if self._is_set_up(default.provider):
            return default
        return next((m for m in self.listed() if m.available), default)

    def set_active_model(self, model_id: int) -> Model:
        """Make a model the default, and return it.

        Raises:
            ModelGoneError: it is no longer offered.
            ValueError: there is no model with this id.
        """
        with self._db.transaction():
            self._offered(model_id)
            return self._activate(model_id)

    def model_for(self, user_id: int) -> Model:
        """The model that answers this person: the one they chose, else the default.

        A choice waits while its provider is not set up.

        Raises:
            NoModelsError: there are no models at all.
        """
        chosen = self._one("JOIN choices c ON c.model_id = m.id WHERE c.user_id = ?", user_id)
        if chosen is not None and (self._is_set_up(chosen.provider) or not self._providers):
            return chosen
        return self.get_active_model()

    def choose(self, user_id: int, model_id: int) -> Model:
        """Make a model the one that answers this person, and return it.

        Raises:
            ModelGoneError: it is no longer offered.
            ValueError: there is no model with this id.
        """
        with self._db.transaction() as connection:
            chosen = self._offered(model_id)
            connection.execute("REPLACE INTO choices VALUES (?, ?)", (user_id, model_id))
            connection.execute(
                "REPLACE INTO recent_models (user_id, model_id, place) SELECT ?1, ?2,"
                " coalesce(max(place), 0) + 1 FROM recent_models WHERE user_id = ?1",
                (user_id, model_id),
            )
            return chosen

    def recent(self, user_id: int, most: int) -> list[int]:
        """The ids of the models that a person has chosen, the last one first."""
        rows = self._db.rows(
            "SELECT model_id FROM recent_models WHERE user_id = ? ORDER BY place DESC LIMIT ?",
            user_id, most,
        )  # fmt: skip
        return [row["model_id"] for row in rows]

    def follow_default(self, user_id: int) -> None:
        """Take a person's choice back."""
        with self._db.transaction() as connection:
            connection.execute("DELETE FROM choices WHERE user_id = ?", (user_id,))

    def by_key(self, key: str) -> Model | None:
        """The model with this key in any letter case; of several, one that can be asked."""
        found = self._select("WHERE m.key = ? COLLATE NOCASE ORDER BY m.id", key)
        return min(found, key=lambda m: (not m.available, m.key != key), default=None)

    def offers(self) -> list[Offer]:
        """The models that can be added for money."""
        return [Offer(*row) for row in self._db.rows("SELECT provider, key, label FROM offers")]

    def take_offer(self, key: str) -> Model | None:
        """Add a model that is offered for money to the registry; None when nobody offers it."""
        with self._db.transaction() as connection:
            connection.execute(
                "INSERT INTO models (provider, key, label, context_length, free, inputs, tools)"
                " SELECT provider, key, label, context_length, 0, inputs, tools FROM offers"
                " WHERE key = ? COLLATE NOCASE LIMIT 1"
                " ON CONFLICT (provider, key) DO UPDATE SET free = 0, available = 1,"
                f" label = {LABEL}, context_length = excluded.context_length,"
                " inputs = excluded.inputs, tools = excluded.tools",
                (key,),
            )
            return (
                self.by_key(key) if connection.execute("SELECT changes()").fetchone()[0] else None
            )

    def introduce(self, provider: str, entries: Iterable[Entry]) -> None:
        """Add models that are not in the registry yet; those that are stay as they are."""
        with self._db.transaction() as connection:
            connection.executemany(
                f"{INSERT} ON CONFLICT DO NOTHING",
                [_row(provider, entry) for entry in entries],
            )

    def merge(self, provider: str, listed: Iterable[Entry], paid: Iterable[Entry]) -> Changes:
        """Bring a provider's models to what its catalogue says.

        `listed` are all there; of the `paid` ones those that somebody has added, the others can
        be. A free model that begins to cost money leaves: nobody is to pay without knowing.
        """
        paid = list(paid)
        with self._db.transaction() as connection:
            before = {m.key: m for m in self.list_models() if m.provider == provider}
            added = [e for e in paid if e.key in before and before[e.key].free is False]
            offered = {entry.key: entry for entry in (*added, *listed)}
            gone = tuple(key for key, m in before.items() if m.available and key not in offered)
            connection.executemany(
                f"{INSERT} ON CONFLICT (provider, key) DO UPDATE SET available = 1,"
                f" label = {LABEL}, free = excluded.free,"
                " context_length = coalesce(excluded.context_length, context_length),"
                " inputs = coalesce(excluded.inputs, inputs),"
                " tools = coalesce(excluded.tools, tools)",
                [_row(provider, entry) for entry in offered.values()],
            )
            connection.executemany(
                "UPDATE models SET available = 0 WHERE provider = ? AND key = ?",
                [(provider, key) for key in gone],
            )
            connection.execute("DELETE FROM offers WHERE provider = ?", (provider,))
            connection.executemany(
                "REPLACE INTO offers (provider, key, label, context_length, inputs, tools)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (provider, e.key, e.label, e.context_length, _listed(e.inputs), e.tools)
                    for e in paid
                ],
            )
        return Changes(
            offered=len(offered),
            new=tuple(key for key in offered if key not in before),
            gone=gone,
            back=tuple(key for key in offered if key in before and not before[key].available),
        )

    def _stored_default(self) -> Model:
        found = self._active()
        if found is not None:
            return found
        with self._db.transaction():
            first = self._db.row("SELECT min(id) AS id FROM models")["id"]
            if first is None:
                raise NoModelsError
            return self._active() or self._activate(first)

    def _offered(self, model_id: int) -> Model:
        found = self._one("WHERE m.id = ?", model_id)
        if found is None:
            raise ValueError(f"no model with id {model_id}")
        if not found.available:
            raise ModelGoneError(found)
        return found

    def _activate(self, model_id: int) -> Model:
        with self._db.transaction() as connection:
            # The unique index holds after each row, not after the statement: one UPDATE with
            # CASE WHEN over all rows fails whenever the new row comes before the old one.
            connection.execute("UPDATE models SET active = 0 WHERE active = 1")
            connection.execute("UPDATE models SET active = 1 WHERE id = ?", (model_id,))
            active = self._active()
            assert active is not None
            return active

    def _active(self) -> Model | None:
        return self._one("WHERE m.active = 1")

    def _one(self, which: str, *parameters: Any) -> Model | None:
        return next(iter(self._select(which, *parameters)), None)

    def _select(self, which: str, *parameters: Any) -> list[Model]:
        rows = self._db.rows(f"SELECT {COLUMNS} FROM models m {which}", *parameters)
        return [self._model(row) for row in rows]

    def _is_set_up(self, provider: str) -> bool:
        return self._providers is None or provider in self._providers

    def _model(self, row: Any) -> Model:
        set_up = self._is_set_up(row["provider"])
        return Model(
            id=row["id"],
            key=row["key"],
            label=row["label"],
            active=bool(row["active"]),
            provider=row["provider"],
            context_length=row["context_length"],
            free=None if row["free"] is None else bool(row["free"]),
            available=bool(row["available"]) and set_up,
            inputs=None if row["inputs"] is None else frozenset(row["inputs"].split()),
            tools=None if row["tools"] is None else bool(row["tools"]),
        )


INSERT = (
    "INSERT INTO models (provider, key, label, context_length, free, inputs, tools)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)


def _row(provider: str, entry: Entry) -> tuple[object, ...]:
    inputs = _listed(entry.inputs)
    return provider, entry.key, entry.label, entry.context_length, entry.free, inputs, entry.tools


def _listed(inputs: frozenset[str] | None) -> str | None:
    return None if inputs is None else " ".join(sorted(inputs))
