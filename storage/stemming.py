"""The words and tags of a text: what two texts on one subject share, whatever the endings."""

import re
import threading
from functools import lru_cache

from snowballstemmer import stemmer

from storage.folding import fold

WORD = re.compile(r"\w+")
# As in Telegram: letters, digits and underscores, not digits alone.
TAG = re.compile(r"(?<![\w#])#(?=\w*[^\W\d_])\w+")
WORD_MOST = 40  # letters; what is longer is no word
CACHED_STEMS = 65_536

# Words that say nothing about the subject of a question.
STOP_WORDS = frozenset(
    """
    а без более бы был была были было быть в вам вас весь во вот все всё всего всех вы где да для
    до его ее если есть еще же за зачем и из или им их к как какая какие какой какого каком когда
    кто куда ли либо лишь мне мной мой моя мое мои моих моем меня может мы на над надо нам нас наш
    не него нее нет ни них но ну о об он она они оно от откуда по под почему при про с сам свой
    своя свое свои себя сколько со так такой там тебя тем то тогда того тоже той только том тот
    ты у уже чего чей чем что чтобы чье чья эта эти это этот этого этом этой я
    найди покажи расскажи скажи напомни заметка заметки заметке заметках заметку заметок
    a about am an and any are as at be been but by can could did do does for from had has have he
    her him his how i if in into is it its me my not of on or our she so that the their them then
    there these they this to was we were what when where which who whom why will with would you
    your note notes tell show find
    """.split()  # noqa: SIM905  # a list of two hundred strings would not be read by anybody
)

_stemmers = {"russian": stemmer("russian"), "english": stemmer("english")}
_stemming = threading.Lock()  # a stemmer keeps the word it works on


def stems(text: str) -> list[str]:
    """The stems of all words of a text, in order."""
    return [stem(word) for word in WORD.findall(fold(text)) if len(word) <= WORD_MOST]


def question_words(text: str) -> list[str]:
    """The folded words of a question that say what it is about, each once."""
    words = [word for word in WORD.findall(fold(text)) if len(word) <= WORD_MOST]
    return list(dict.fromkeys(word for word in words if word not in STOP_WORDS))


def question_stems(text: str) -> list[str]:
    """The stems of these words, each once."""
    return list(dict.fromkeys(map(stem, question_words(text))))


def tags(text: str) -> list[str]:
    """The tags of a text as search sees them, each once: #работа."""
    return list(dict.fromkeys(TAG.findall(fold(text))))


def is_tag(word: str) -> bool:
    """Whether a word of a query is a tag and nothing else."""
    return TAG.fullmatch(word) is not None


@lru_cache(maxsize=CACHED_STEMS)
def stem(word: str) -> str:
    """A folded word without its ending."""
    if not word.isalpha():
        return word
    language = "english" if word.isascii() else "russian"
    with _stemming:
        return str(_stemmers[language].stemWord(word))
