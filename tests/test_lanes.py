"""Lanes: order within one, independence between them, bounded threads."""

import threading
from collections import defaultdict
from collections.abc import Callable

from tests.emulators.waiting import WAIT_S
from worker.lanes import Lanes


def _started(step: Callable[[str], float | None], threads: int) -> Lanes:
    lanes = Lanes("test", step)
    lanes.start(threads)
    return lanes


def test_a_lane_is_never_run_twice_at_once_and_all_its_work_is_done() -> None:
    waiting = dict.fromkeys(map(str, range(20)), 50)
    overlaps: list[str] = []
    running: set[str] = set()
    done = threading.Semaphore(0)

    def step(lane: str) -> float | None:
        if lane in running:
            overlaps.append(lane)
        running.add(lane)
        waiting[lane] -= 1
        running.discard(lane)
        if waiting[lane]:
            return 0
        done.release()
        return None

    lanes = _started(step, 4)
    for lane in waiting:
        lanes.wake(lane)
    assert all(done.acquire(timeout=WAIT_S) for _ in waiting)
    assert overlaps == []


def test_a_slow_lane_holds_nobody_up() -> None:
    release, fast_done = threading.Event(), threading.Event()

    def step(lane: str) -> None:
        if lane == "1":
            release.wait(WAIT_S)
        else:
            fast_done.set()

    lanes = _started(step, 2)
    lanes.wake("1")
    lanes.wake("2")
    assert fast_done.wait(WAIT_S)
    release.set()


def test_no_more_threads_than_allowed() -> None:
    names: dict[int, int] = defaultdict(int)
    done = threading.Semaphore(0)

    def step(lane: str) -> None:
        names[threading.get_ident()] += 1
        done.release()

    lanes = _started(step, 3)
    for lane in range(300):
        lanes.wake(str(lane))
    assert all(done.acquire(timeout=WAIT_S) for _ in range(300))
    assert len(names) <= 3


def test_work_that_comes_during_a_step_is_not_missed() -> None:
    in_step, go_on, second = threading.Event(), threading.Event(), threading.Event()
    calls: list[str] = []

    def step(lane: str) -> None:
        calls.append(lane)
        if len(calls) == 1:
            in_step.set()
            go_on.wait(WAIT_S)
        else:
            second.set()

    lanes = _started(step, 1)
    lanes.wake("1")
    assert in_step.wait(WAIT_S)
    lanes.wake("1")
    go_on.set()
    assert second.wait(WAIT_S)


def test_a_parked_lane_comes_back_and_can_be_called_back() -> None:
    pauses = iter([0.05, 1000.0, None])
    steps = threading.Semaphore(0)

    def step(lane: str) -> float | None:
        steps.release()
        return next(pauses)

    lanes = _started(step, 1)
    lanes.wake("1")
    assert steps.acquire(timeout=WAIT_S)
    assert steps.acquire(timeout=WAIT_S)  # by the clock
    while not lanes._parked:  # the step has ended when the lane is parked
        threading.Event().wait(0.001)
    lanes.unpark()
    assert steps.acquire(timeout=WAIT_S)


def test_a_lane_that_is_woken_while_it_waits_is_noted_down_once() -> None:
    steps = threading.Semaphore(0)

    def step(lane: str) -> float:
        steps.release()
        return 1000.0

    lanes = _started(step, 1)
    for _ in range(20):
        lanes.wake("1")
        assert steps.acquire(timeout=WAIT_S)
    lanes.close()
    lanes.drain(WAIT_S)
    assert len(lanes._parked) == 1


def test_a_step_that_raises_does_not_stop_the_others(caplog) -> None:  # type: ignore[no-untyped-def]
    done = threading.Event()

    def step(lane: str) -> None:
        if lane == "1":
            raise RuntimeError("boom")
        done.set()

    lanes = _started(step, 1)
    lanes.wake("1")
    lanes.wake("2")
    assert done.wait(WAIT_S)
    lanes.close()
    assert "boom" in caplog.text


def test_stop_waits_for_what_runs_and_begins_nothing() -> None:
    in_step, go_on = threading.Event(), threading.Event()
    begun: list[str] = []

    def step(lane: str) -> None:
        begun.append(lane)
        in_step.set()
        go_on.wait(WAIT_S)

    lanes = _started(step, 1)
    lanes.wake("1")
    lanes.wake("2")
    assert in_step.wait(WAIT_S)
    lanes.close()
    assert lanes.drain(0.05) == ["1"]
    go_on.set()
    assert lanes.drain(WAIT_S) == []
    assert begun == ["1"]
