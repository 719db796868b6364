"""/timezone: the zone by which somebody's dates are shown and read."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import zones
from handlers.buttons import Rows, button, in_rows, to_settings
from handlers.context import App
from handlers.formatting import preview
from handlers.types import Reply, Request
from texts import timezone as texts

BUTTONS_A_ROW = 3
GIVEN_SHOWN = 50


def timezone(app: App, request: Request) -> Reply:
    """/timezone [city | zone | offset]."""
    given = request.args.strip()
    if not given:
        current = app.preferences.of(request.user_id).timezone
        rows = (*_of_russia(app), *_back(request))
        return Reply(f"{_now_is(app, current)} {texts.HOW}", buttons=rows)
    zone = zones.found(given)
    if zone is not None:
        return Reply(_chosen(app, request.user_id, zone))
    shown = preview(given, GIVEN_SHOWN)
    if (near := zones.near(given)) is None:
        return Reply(texts.unknown(shown), buttons=_of_russia(app))
    name = _name(app, near)
    accept = button(texts.suggestion(name), "zone", near)
    return Reply(texts.unknown_but(shown, name), buttons=((accept,),))


def press(app: App, request: Request, zone: str) -> Reply:
    """A button with a zone."""
    return Reply(_chosen(app, request.user_id, zone), edit=True, buttons=_back(request))


def name_of_chosen(app: App, user_id: int) -> str:
    """What somebody's zone is called."""
    zone = app.preferences.of(user_id).timezone
    return texts.OF_BOT if zone is None else _name(app, zone)


def _back(request: Request) -> Rows:
    return ((to_settings(),),) if request.private else ()


def _chosen(app: App, user_id: int, zone: str) -> str:
    app.preferences.set(user_id, timezone=zone)
    series = app.reminders.follow(user_id, ZoneInfo(zone), app.clock.now())
    waiting = app.reminders.count_waiting(user_id)
    said = [_now_is(app, zone)]
    if series:
        said.append(texts.moved(series))
    elif waiting:
        said.append(texts.ONLY_ONCE)
    return " ".join(said)


def _now_is(app: App, zone: str | None) -> str:
    name = texts.OF_BOT if zone is None else _name(app, zone)
    return texts.now_is(name, _time(app, zone))


def _of_russia(app: App) -> Rows:
    choices = [
        button(texts.button(texts.NAMES[zone], _time(app, zone)), "zone", zone)
        for zone in zones.OF_RUSSIA
    ]
    return in_rows(choices, BUTTONS_A_ROW)


def _time(app: App, zone: str | None) -> str:
    clock = app.clock.in_zone(ZoneInfo(zone)) if zone else app.clock
    return f"{clock.local(clock.now()):%H:%M}"


def _name(app: App, zone: str) -> str:
    """A zone with its offset, as people call it."""
    offset = zones.offset(zone, datetime.fromtimestamp(app.clock.now(), UTC))
    if "/" not in zone or zone.startswith("Etc/"):
        return offset
    place = texts.NAMES.get(zone) or zone.rpartition("/")[2].replace("_", " ")
    return texts.place(place, offset)
