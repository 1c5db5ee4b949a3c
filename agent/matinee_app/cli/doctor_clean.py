"""The doctor's --clean: removes what the embedded PostgreSQL left outside of the data folder."""

import asyncio

from matinee.index.postgres_outside import remove_outside
from matinee.settings import Settings
from matinee_app.cli.console import err, plain, print_json


async def clean(settings: Settings, *, as_json: bool) -> int:
    """Remove the server of this data folder that lies outside of it, and say so."""
    removed = await asyncio.to_thread(remove_outside, settings.home)
    if as_json:
        print_json({"removed": str(removed.folder) if removed else None})
    elif removed:
        err.print(plain(f"{removed.folder} removed, {removed.bytes >> 20} MB."))
    else:
        err.print(plain(f"No embedded PostgreSQL of {settings.home} lies outside of it."))
    return 0
