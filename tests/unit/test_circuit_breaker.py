"""A service that kept somebody waiting in vain is left alone for a while."""

import asyncio
import logging

import pytest

from matinee.llm.circuit_breaker import CircuitBreaker, CircuitOpen, breaker_of, forget_services


class Clock:
    """Seconds that pass only when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def is_dead(error: BaseException) -> bool:
    return isinstance(error, TimeoutError)


def fail(breaker: CircuitBreaker, clock: Clock, after: float = 5.0, error: Exception | None = None) -> None:
    with pytest.raises(type(error or TimeoutError())), breaker.call(is_dead):
        clock.now += after
        raise error or TimeoutError("Nobody there.")


def test_after_one_vain_wait_nobody_waits_again() -> None:
    clock = Clock()
    breaker = CircuitBreaker(rest=30, clock=clock)
    fail(breaker, clock)
    clock.now += 10
    with pytest.raises(CircuitOpen, match=r"Nobody there \(so it was a moment ago; it is asked again in 20 s\)\."):
        breaker.check()
    with pytest.raises(CircuitOpen), breaker.call(is_dead):
        pytest.fail("the call got through")


def test_a_refusal_is_not_remembered() -> None:
    clock = Clock()
    breaker = CircuitBreaker(rest=30, clock=clock)
    refusal = TimeoutError("Nobody there.")
    refusal.__cause__ = ConnectionRefusedError()
    fail(breaker, clock, error=refusal)
    breaker.check()


def test_an_answer_however_bad_is_a_sign_of_life() -> None:
    clock = Clock()
    breaker = CircuitBreaker(rest=30, clock=clock)
    fail(breaker, clock, error=ValueError("no such model"))
    breaker.check()


def test_after_the_rest_one_call_tries_while_the_others_are_refused() -> None:
    clock = Clock()
    breaker = CircuitBreaker(rest=30, clock=clock)
    fail(breaker, clock)
    clock.now += 31
    with breaker.call(is_dead) as call:
        with pytest.raises(CircuitOpen, match="in a moment"):
            breaker.check()
        call.alive()
        breaker.check()
    breaker.check()


def test_a_try_that_fails_begins_another_rest() -> None:
    clock = Clock()
    breaker = CircuitBreaker(rest=30, clock=clock)
    fail(breaker, clock)
    clock.now += 31
    fail(breaker, clock)
    clock.now += 29
    with pytest.raises(CircuitOpen):
        breaker.check()
    clock.now += 2
    breaker.check()


def test_a_try_that_was_cancelled_leaves_it_to_the_next() -> None:
    clock = Clock()
    breaker = CircuitBreaker(rest=30, clock=clock)
    fail(breaker, clock)
    clock.now += 31
    with pytest.raises(asyncio.CancelledError), breaker.call(is_dead):
        raise asyncio.CancelledError
    breaker.check()
    fail(breaker, clock)
    with pytest.raises(CircuitOpen):
        breaker.check()


def test_a_service_that_serves_others_meanwhile_is_busy_and_not_dead() -> None:
    clock = Clock()
    breaker = CircuitBreaker(rest=30, clock=clock)
    with pytest.raises(TimeoutError), breaker.call(is_dead):
        clock.now += 5
        with breaker.call(is_dead) as other:
            other.alive()
        raise TimeoutError
    breaker.check()


def test_it_is_logged_when_a_service_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    fail(CircuitBreaker("http://host:1", rest=30, clock=clock), clock)
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage() == "http://host:1 is left alone for 30 s"


def test_an_address_has_one_breaker_until_all_are_forgotten() -> None:
    one = breaker_of("http://host:1")
    assert breaker_of("http://host:1") is one
    assert breaker_of("http://host:2") is not one
    forget_services()
    assert breaker_of("http://host:1") is not one
