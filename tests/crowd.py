"""Fifty people at once: what they write, and whether it was answered."""

import random

from tests.emulators.bot_api import BotApi
from texts import notes as texts_notes

USERS = range(1, 51)
NOTES_EACH, QUESTIONS = 20, 40


class Crowd:
    """Fifty people who write notes and ask questions, in an order that the seed decides."""

    def __init__(self, rng: random.Random) -> None:
        self.notes = {user: [f"заметка {n} от {user}" for n in range(NOTES_EACH)] for user in USERS}
        self.asking = rng.sample(USERS, QUESTIONS)
        waiting = {user: [f"/note_add {note}" for note in self.notes[user]] for user in USERS}
        for user in self.asking:
            waiting[user].insert(rng.randrange(NOTES_EACH), f"/ask {self.question(user)}")
        order = [user for user in USERS for _ in waiting[user]]
        rng.shuffle(order)
        self._messages = [(user, waiting[user].pop(0)) for user in order]

    def question(self, user: int) -> str:
        return f"вопрос от {user}?"

    def say(self, api: BotApi, part: int, parts: int) -> None:
        """Say a part of everything, all at once."""
        size = len(self._messages) / parts
        for user, text in self._messages[round(part * size) : round((part + 1) * size)]:
            api.text(user, text)

    def answers(self, api: BotApi, user: int) -> dict[str, list[float]]:
        """When each thing that was to be said was said: for notes and for the question."""
        expected = [texts_notes.note_added(number) for number in range(1, NOTES_EACH + 1)]
        expected += [self.question(user)] if user in self.asking else []
        heard: dict[str, list[float]] = {words: [] for words in expected}
        for message in api.sent(user):
            text = message["text"]
            # Killed between the first words and their message's number, an answer begins anew.
            words = next((w for w in expected if w in text or w.startswith(text)), text)
            heard.setdefault(words, []).append(message["_at"])
        return heard

    def unanswered(self, api: BotApi) -> list[tuple[int, str]]:
        said = {user: "\n".join(m["text"] for m in api.sent(user)) for user in USERS}
        return [(u, w) for u in USERS for w in self.answers(api, u) if w not in said[u]]
