"""Nothing is lost in the cloud: invocations are killed at random, many of them at once."""

import random
import threading
from pathlib import Path

from tests.emulators.bot_api import BotApi
from tests.emulators.bucket import BucketServer
from tests.emulators.model_server import ModelServer, echo
from tests.function_host import FunctionHost, KilledError
from tests.test_function import notes_in
from texts import notes as texts

USERS = range(1, 11)
NOTES_EACH = 20
KILLS = 12
LEASE_S = 3.0  # as much shorter than the real one as the kills follow each other more quickly
TIMER_EVERY_S = 1.0
ANSWERED_WITHIN_S = 180.0


def test_invocations_that_are_killed_lose_nothing(
    api: BotApi, model: ModelServer, bucket: BucketServer, tmp_path: Path
) -> None:
    seed = random.randrange(10**6)
    rng = random.Random(seed)
    model.default = echo
    over = threading.Event()
    with FunctionHost(tmp_path, api, model, bucket, TEST_LEASE_S=str(LEASE_S)) as host:
        api.webhook.pace = 0.05  # Telegram's own pauses
        host.deliver()
        timer = threading.Thread(target=_keep_calling, args=(host, over))
        timer.start()
        try:
            for number in range(1, NOTES_EACH + 1):
                for user in USERS:
                    api.text(user, f"/note_add заметка {number}")
                    if number == NOTES_EACH // 2:
                        api.text(user, f"/ask {_question(user)}")
            for _ in range(KILLS):
                over.wait(rng.uniform(0.2, 2.0))
                api.wait(lambda _: host.kill(rng))
            api.wait(lambda a: not _unanswered(a), ANSWERED_WITHIN_S)
            api.wait(lambda _: bucket.names() == ["notes.db", "notes.db.lease"], 60)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}, no answer to {_unanswered(api)}") from error
        finally:
            over.set()
            timer.join()
    expected = [f"заметка {number}" for number in range(1, NOTES_EACH + 1)]
    for user in USERS:
        assert notes_in(bucket, tmp_path, user) == expected, f"seed {seed}, user {user}"
    assert "Traceback" not in host.log, f"seed {seed}\n{host.log[-3000:]}"


def _keep_calling(host: FunctionHost, over: threading.Event) -> None:
    while not over.wait(TIMER_EVERY_S):
        try:
            host.timer()
        except KilledError:
            continue


def _unanswered(api: BotApi) -> list[tuple[int, str]]:
    missing: list[tuple[int, str]] = []
    for user in USERS:
        said = {message["text"].partition("\n")[0] for message in api.sent(user)}
        expected = [texts.note_added(number) for number in range(1, NOTES_EACH + 1)]
        missing += [(user, words) for words in (*expected, _question(user)) if words not in said]
    return missing


def _question(user: int) -> str:
    return f"вопрос от {user}?"
