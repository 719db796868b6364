"""Whatever a model writes arrives: every word, within bounds, and Telegram refuses none of it."""

import resource
import time
import unicodedata
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telegram.markdown import messages

from .emulators.bot_api_rules import ENTITY_LIMIT, TEXT_LIMIT, format_text
from .markdown_documents import documents

DOCUMENTS = 2000
CPU_S = 1.0  # for a document of a few thousand characters, which takes some milliseconds
GROWN_KB = 200_000
BEFORE_KB = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

fuzzed = settings(
    max_examples=DOCUMENTS,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@fuzzed
@given(documents(), st.floats(0, 1))
def test_every_word_of_a_document_arrives(document: tuple[str, list[str]], cut: float) -> None:
    source, kept = document
    _accepted(source[: int(len(source) * cut)])
    shown = _squeezed(_words_of(_accepted(source)))
    for word in kept:
        assert _squeezed(word) in shown, f"{word!r} of {source!r}"


MARKS = "жq  \n\n*_`~[]()#>-+|!$<:\\.\t\ud83d\u200b"


@fuzzed
@given(st.text(MARKS, max_size=60))
def test_every_letter_of_any_marks_arrives(source: str) -> None:
    shown = Counter(_words_of(_accepted(source)))
    for letter in "жq":
        assert shown[letter] >= source.count(letter), repr(source)


def test_memory_stays_bounded() -> None:
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - BEFORE_KB < GROWN_KB


def _accepted(source: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """The messages of a document, each one within Telegram's rules."""
    began = time.process_time()
    sent = messages(source)
    assert time.process_time() - began < CPU_S
    assert sum(len(text) for text, _ in sent) <= 12 * len(source) + 100
    for text, entities in sent:
        assert len(entities) <= ENTITY_LIMIT
        accepted = format_text(text, None, entities, TEXT_LIMIT, "too long")
        assert accepted.text == text.replace("\t", " ").strip(" \n") != ""
    return sent


def _words_of(sent: list[tuple[str, list[dict[str, Any]]]]) -> str:
    """All that a reader finds: the texts, then addresses and languages."""
    hidden = (e.get("url", e.get("language", "")) for _, entities in sent for e in entities)
    return "".join([*(text for text, _ in sent), *hidden])


def _squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
