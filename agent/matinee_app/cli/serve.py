"""The serve command: one process that owns the index and answers over HTTP until it is told to stop."""

import asyncio
import errno
import socket
from collections.abc import Iterator
from contextlib import AsyncExitStack, closing, contextmanager, suppress
from dataclasses import replace

from matinee.errors import MatineeError
from matinee.settings import Settings
from matinee_app.cli.console import err
from matinee_app.cli.running import needing_serve
from matinee_app.cli.store import ensure_films
from matinee_app.local_server import announced, new_token
from matinee_app.threads import open_saver
from matinee_graphs.parts import open_parts

_PATIENCE = 3
"""Seconds that answers under way have to end when the process is told to."""


class CannotListen(MatineeError):
    """The address cannot be listened on."""


async def serve(settings: Settings, host: str, port: int) -> int:
    """Load everything, then answer until interrupted.

    Raises:
        InvalidRequest: others could reach it, and no token is set.
        CannotListen: the port is in use, or the address is none of this machine's.
        MatineeError: the extra `serve` is not installed, or the index cannot be opened.
    """
    with needing_serve("serve"):
        import uvicorn

        from matinee_app.web.app import create_app
        from matinee_app.web.security import Policy

    class Server(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield  # the command line has handlers already, which cancel this task

    command_token = new_token()
    policy = replace(Policy.of(settings, host), command_token=command_token)
    with closing(_listener(host, port)) as listener:
        async with AsyncExitStack() as stack:
            parts = open_parts(settings)
            stack.callback(parts.store.close)
            await ensure_films(settings, parts.store)
            app = create_app(parts, settings, policy=policy, saver=await open_saver(settings, stack))
            err.print("Loading ...", style="dim")
            await app.state.service.warm_up()
            warming = asyncio.create_task(app.state.service.warm_up_chat())
            stack.callback(warming.cancel)
            config = uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                ws="none",
                timeout_graceful_shutdown=_PATIENCE,
            )
            server = Server(config)
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            stack.enter_context(announced(settings, _from_here(listener), command_token))
            err.print(f"matinee listens on {_address(listener)}; Ctrl-C ends it.")
            try:
                await asyncio.shield(serving)
            finally:
                server.should_exit = True
                with suppress(asyncio.CancelledError):
                    await serving
    return 0


def _listener(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family, backlog=128)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CannotListen(
                f"Port {port} of {host} is in use; end what uses it, or give another by --port."
            ) from None
        raise CannotListen(
            f"Nothing can listen on port {port} of {host} ({error.strerror}); give an address of this machine by "
            "--host, and a port by --port."
        ) from error


def _from_here(listener: socket.socket) -> str:
    """Return the address at which this machine reaches it, also where it listens on all."""
    return _address(listener).replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
