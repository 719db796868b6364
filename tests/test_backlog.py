"""What waits is in the log when it grows, and not all the time."""

import logging

import pytest

from worker.backlog import Backlog


def test_each_doubling_and_the_end_are_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    backlog = Backlog()
    for messages, work in [(10, 0), (90, 10), (110, 20), (150, 50), (900, 0), (60, 0), (10, 0)]:
        backlog.see(messages, work)
    backlog.see(0, 0)
    assert [record.getMessage() for record in caplog.records] == [
        "Очередь растёт: сообщений 90, вопросов и файлов 10",
        "Очередь растёт: сообщений 150, вопросов и файлов 50",
        "Очередь растёт: сообщений 900, вопросов и файлов 0",
        "Очередь разобрана: осталось 10",
    ]
