"""What a command waits for at its end."""

import time
from threading import Event

import pytest

from matinee_app.cli import observing


def test_a_receiver_that_hangs_is_given_up_after_the_time_that_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observing, "_PATIENCE", 0.1)
    answered = Event()
    began = time.monotonic()
    observing._within(answered.wait)
    assert time.monotonic() - began >= 0.1
    answered.set()


def test_one_that_answers_is_waited_for_no_longer_than_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observing, "_PATIENCE", 600.0)
    sent = Event()
    observing._within(sent.set)
    assert sent.is_set()
