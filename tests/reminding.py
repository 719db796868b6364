"""What tests of reminders do in the bot that runs in their thread: let time pass, press, answer."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from storage.reminders import Reminder
from tests.inside import ME, Inside
from tests.talk import ANNA

MOSCOW, BERLIN = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin")
MINUTE, HOUR, DAY = 60, 3600, 86_400
MOTHER = "позвонить маме"


def pass_time(inside: Inside, seconds: float) -> list[str]:
    """Let time go by; what was said to anybody at its end."""
    before = len(inside.sent)
    inside.now += seconds
    inside.resume()
    return [params["text"] for _, params in inside.sent[before:] if "text" in params]


def until(inside: Inside, *moment: int, zone: ZoneInfo = MOSCOW) -> list[str]:
    """Let it be that moment of the zone."""
    year, month, day, hour, minute = (*moment, 0)[:5]
    at = datetime(year, month, day, hour, minute, tzinfo=zone)
    return pass_time(inside, at.timestamp() - inside.now)


def press(inside: Inside, label: str, user_id: int = ANNA, **where: int) -> list[str]:
    """Press a button of the last message that has any."""
    return inside.press(user_id, inside.buttons()[label], **where)


def answer(inside: Inside, text: str, user_id: int = ANNA) -> list[str]:
    """Reply to the last message that has buttons."""
    markup = next(p["reply_markup"] for _, p in reversed(inside.sent) if "reply_markup" in p)
    chat = {"id": user_id, "type": "private"}
    said = {"message_id": 1, "date": int(inside.now), "chat": chat, "from": ME, "text": "…"}
    replied: dict[str, Any] = {**said, "reply_markup": json.loads(markup)}
    return inside.text(user_id, text, reply_to_message=replied)


def reminder(inside: Inside, number: int = 1, user_id: int = ANNA) -> Reminder:
    found = inside.app.reminders.find(user_id, number)
    assert found is not None
    return found


def next_of(inside: Inside, number: int = 1, zone: ZoneInfo = MOSCOW) -> str:
    """When a reminder comes next: 22.11 09:00; nothing when it does not."""
    at = reminder(inside, number).next_at
    return f"{datetime.fromtimestamp(at, zone):%d.%m %H:%M}" if at else ""
