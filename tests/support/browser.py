"""Debian's chromium, driven by Playwright; the package brings no browser of its own here."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """Return where a chromium is installed."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


@contextmanager
def browser(executable: str) -> Iterator[Browser]:
    """A chromium without a window."""
    with sync_playwright() as playwright:
        # Tests may run as root, where chromium's sandbox does not start; the pages are our own.
        opened = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        try:
            yield opened
        finally:
            opened.close()
