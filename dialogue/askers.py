"""What a model is told of whoever asks: the time where they live, their name if they allow it."""

from zoneinfo import ZoneInfo

from clock import Clock
from storage.people import People
from storage.preferences import PreferencesTable


class Askers:
    """Knows people by their ids."""

    def __init__(self, clock: Clock, people: People, preferences: PreferencesTable) -> None:
        self._clock = clock
        self._people = people
        self._preferences = preferences

    def clock_of(self, user_id: int) -> Clock:
        """The clock on their wall."""
        zone = self._preferences.of(user_id).timezone
        return self._clock.in_zone(ZoneInfo(zone)) if zone else self._clock

    def name_of(self, user_id: int) -> str:
        """Their first name; "" when it is not to be told."""
        person = self._people.get(user_id)
        if person is None or not self._preferences.of(user_id).name_shared:
            return ""
        return person.name.partition(" ")[0]

    def tools_off(self, user_id: int) -> frozenset[str]:
        """The tools that models may not use for them."""
        return frozenset(self._preferences.of(user_id).tools_off)
