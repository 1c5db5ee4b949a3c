"""The errors that are raised on purpose: one root, and kinds whose messages a server passes on."""

import inspect

import pytest

from matinee import errors
from matinee.errors import InvalidRequest, MatineeError, UnknownTitle

ERRORS = [found for _, found in inspect.getmembers(errors, inspect.isclass)]


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_is_of_a_kind_whose_message_langgraph_s_server_shows(kind: type[Exception]) -> None:
    assert issubclass(kind, MatineeError)
    assert issubclass(kind, RuntimeError)


def test_langgraph_s_server_passes_the_message_on() -> None:
    serde = pytest.importorskip("langgraph_api.serde", reason="the studio extra is not installed")
    assert serde.default(MatineeError("Start the server.")) == {"error": "MatineeError", "message": "Start the server."}


def test_the_built_in_kinds_that_callers_catch_are_still_there() -> None:
    assert issubclass(InvalidRequest, ValueError)
    assert issubclass(UnknownTitle, LookupError)


@pytest.mark.parametrize("kind", ERRORS)
def test_the_module_s_tree_names_every_error(kind: type[Exception]) -> None:
    assert kind.__name__ in (errors.__doc__ or "")
