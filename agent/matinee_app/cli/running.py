"""What the commands share: their options, and how what they raise becomes one sentence and an exit code."""

import asyncio
import signal
import sys
import warnings
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Any, Literal, NoReturn

import typer

User = Annotated[str, typer.Option("--user", "-u", help="Whose preferences.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")]
BackendOption = Annotated[
    Literal["qdrant", "pgvector"] | None, typer.Option("--backend", help="Storage; default MATINEE_BACKEND.")
]

overrides: dict[str, Any] = {}
"""Settings by options that come before the command."""


class Terminated(Exception):
    """The process was asked to end (SIGTERM)."""


def run(command: Any, backend: Literal["qdrant", "pgvector"] | None) -> NoReturn:
    """Run a command with the settings, and turn what it raises into one sentence and an exit code."""
    from pydantic import ValidationError

    from matinee.context import first_fault
    from matinee.errors import CatalogueError, InvalidRequest, MatineeError, UnknownTitle
    from matinee.private_files import close_home
    from matinee.settings import Settings
    from matinee_app.cli.observing import observed

    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # they are for developers, who ask for them by PYTHONWARNINGS
    try:
        settings = Settings(**overrides) if backend is None else Settings(**overrides, backend=backend)
        with observed(settings):
            work: Coroutine[Any, Any, int] = command(settings)
            try:
                code = asyncio.run(_until_terminated(work))
            finally:
                close_home(settings.home)
        sys.exit(code)
    except ValidationError as error:
        fail(f"Settings (MATINEE_*): {first_fault(error)}", 2)
    except (InvalidRequest, CatalogueError) as error:
        fail(str(error), 2)
    except UnknownTitle as error:
        fail(str(error), 1)
    except MatineeError as error:
        fail(str(error), 3)
    except KeyboardInterrupt:
        fail("Interrupted.", 130)
    except Terminated:
        fail("Terminated.", 143)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


async def _until_terminated(work: Coroutine[Any, Any, int]) -> int:
    """Return the work's exit code; SIGTERM cancels it, so that it cleans up, as `asyncio.run` sees to for SIGINT."""
    task = asyncio.current_task()
    assert task is not None
    told = asyncio.Event()

    def stop() -> None:
        told.set()
        task.cancel()

    with suppress(NotImplementedError):  # Windows has no such handlers
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)
    try:
        return await work
    except asyncio.CancelledError:
        if told.is_set():
            raise Terminated from None
        raise


@contextmanager
def needing_serve(command: str) -> Iterator[None]:
    """Import what the extra `serve` installs, or say so.

    Raises:
        MatineeError: it is not installed.
    """
    from matinee.errors import MatineeError

    try:
        yield
    except ImportError as error:
        raise MatineeError(
            f"What `matinee {command}` needs is not installed ({error.name}); run `pip install 'matinee[serve]'`."
        ) from error


def fail(message: str, code: int) -> NoReturn:
    """End the command with a message on standard error."""
    typer.echo(message, err=True)
    sys.exit(code)
