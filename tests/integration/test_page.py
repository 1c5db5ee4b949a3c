"""The web page as viewers use it, in a real browser: with the script, without it, and by keyboard."""

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from langchain_core.messages import BaseMessage
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from matinee.models import Movie
from matinee.settings import Settings
from matinee_app.web.app import create_app
from matinee_app.web.security import Policy
from matinee_graphs.parts import open_parts
from tests.support.adversaries import listed
from tests.support.browser import browser, chromium
from tests.support.copies import copy_home
from tests.support.fakes import parts_with
from tests.support.scripted import ScriptedChat
from tests.support.web import app_with, served

ASKED = "a 90s crime thriller under two hours"
HOSTILE = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"


def written(messages: Sequence[BaseMessage], _: int) -> str:
    """One sentence of the film's own plot, and one that is nobody's but the model's."""
    films = listed(messages[-1].text)[:2]
    return "\n\n".join(f"{film.label}: {film.premise} It is a joy from the first scene to the last." for film in films)


@pytest.fixture(scope="module")
def opened() -> Iterator[Browser]:
    executable = chromium()
    if executable is None:
        pytest.skip("no chromium is installed; `apt-get install chromium` brings one")
    with browser(executable) as started:
        yield started


@pytest.fixture(scope="module")
def address(opened: Browser, known_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page over films that people know, with a chat model that streams."""
    home = copy_home(known_home, tmp_path_factory.mktemp("page") / "home")
    settings = Settings(home=home, chat_model="ollama:scripted", serve_rate=10_000)
    parts = open_parts(settings, chat_model=ScriptedChat(script=written))
    try:
        with served(create_app(parts, settings)) as url:
            yield url
    finally:
        parts.store.close()


@dataclass
class Seen:
    """What a browser said and asked for, beside what it showed."""

    console: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def watch(self, context: BrowserContext) -> None:
        context.on("console", self._said)
        context.on("weberror", lambda error: self.console.append(str(error.error)))
        context.on("request", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        if not message.text.startswith("Failed to load resource"):  # of every status above 399
            self.console.append(message.text)

    def _asked(self, request: Request) -> None:
        self.hosts.add(re.sub(r"^\w+://([^/:]+).*", r"\1", request.url))


@pytest.fixture
def page(opened: Browser, address: str) -> Iterator[Page]:
    """A new viewer's page; at its end nothing has broken the policy or left this machine."""
    context, seen = opened.new_context(base_url=address), Seen()
    seen.watch(context)
    context.set_default_timeout(10_000)
    shown = context.new_page()
    shown.goto("/")
    yield shown
    context.close()
    assert seen.console == []
    assert seen.hosts == {"127.0.0.1"}


def ask(page: Page, said: str) -> None:
    expect(page.locator("body.scripted")).to_have_count(1)
    page.get_by_label("What are you in the mood for?").fill(said)
    page.keyboard.press("Enter")
    answered(page)


def answered(page: Page) -> None:
    expect(page.locator("body.busy")).to_have_count(0)


def made(app: Callable[[], Coroutine[Any, Any, FastAPI]]) -> FastAPI:
    """Return the app; this thread has a loop already, which is Playwright's."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(lambda: asyncio.run(app())).result()


async def app_over(film: Movie) -> FastAPI:
    return await app_with(parts=await parts_with(films=[film]))


def titles(page: Page) -> list[str]:
    return page.locator(".turn").last.locator(".card h3").all_inner_texts()


def test_cards_fill_with_reasons_and_nothing_moves(page: Page) -> None:
    page.evaluate(
        "window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach(one => {"
        "if (!one.hadRecentInput) window.moved += one.value})).observe({type: 'layout-shift', buffered: true})"
    )
    ask(page, ASKED)
    cards = page.locator(".card")
    assert cards.count() == 4
    first = cards.first
    expect(first.locator(".own")).to_contain_text("It is a joy from the first scene to the last.")
    told = first.locator(".borne").first
    expect(told.locator(".quote")).not_to_be_visible()
    told.focus()
    expect(told.locator(".quote")).to_be_visible()
    first.get_by_text("Why this?").click()
    assert first.locator(".why dt").count() > 2
    expect(page.locator(".chip").first).to_contain_text("1990–1999")
    expect(page.get_by_role("status").first).to_have_text("4 films.")
    assert page.evaluate("window.moved") < 0.01


def test_a_conversation_goes_on_and_is_found_again(page: Page) -> None:
    ask(page, ASKED)
    first = titles(page)
    page.get_by_role("button", name="another one").click()
    answered(page)
    second = titles(page)
    assert len(page.locator(".turn").all()) == 2
    assert second and not set(first) & set(second)
    page.reload()
    shelves = page.locator(".turn.earlier")
    assert shelves.count() == 2
    expect(shelves.first.locator("h2")).to_have_text(ASKED)
    assert shelves.first.locator("li").count() == 4
    page.goto("/")
    page.get_by_text("History").click()
    page.get_by_role("link", name=ASKED).click()
    expect(page.locator(".turn.earlier h2").first).to_have_text(ASKED)


def test_a_piece_of_what_was_understood_is_taken_out_or_denied(page: Page) -> None:
    ask(page, ASKED)
    page.get_by_role("button", name="Ask without “1990–1999”").click()
    answered(page)
    last = page.locator(".turn").last
    expect(last.locator("h2")).to_have_text("a crime thriller under two hours")
    assert "1990–1999" not in last.locator(".chip").all_inner_texts()
    last.get_by_role("button", name="Ask for the opposite of “up to 119 min”").click()
    answered(page)
    lengths = page.locator(".turn").last.locator(".facts > span:first-child").all_inner_texts()
    assert lengths and all(length.startswith(("2 h", "3 h")) for length in lengths)


def test_a_film_marked_as_seen_is_left_out_until_that_is_undone(page: Page) -> None:
    page.get_by_label("Who is watching?").fill("ana")
    ask(page, ASKED)
    film = titles(page)[0]
    page.get_by_role("button", name="Seen").first.click()
    toast = page.locator("#toast")
    expect(toast).to_contain_text("for ana")
    page.get_by_role("link", name="New").click()
    ask(page, ASKED)
    assert film not in titles(page)
    page.goto("/list?user_id=ana")
    expect(page.get_by_role("heading", name="Seen")).to_be_visible()
    page.goto("/")
    ask(page, ASKED)
    page.get_by_role("button", name="Wish list").first.click()
    expect(page.get_by_role("button", name="Wish list").first).to_have_attribute("aria-pressed", "true")
    toast.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Wish list").first).to_have_attribute("aria-pressed", "false")


def test_everything_works_by_keyboard_alone(page: Page) -> None:
    page.keyboard.type(ASKED)  # the box has the focus
    page.keyboard.press("Enter")
    answered(page)
    for name in ("Seen", "Love", "Not for me", "Wish list", "More like this"):
        button = page.locator(".card").first.get_by_role("button", name=name)
        button.focus()
        page.keyboard.press("Enter")
        answered(page)
        if name != "More like this":
            expect(button).to_have_attribute("aria-pressed", "true")
    assert page.locator(".turn").count() == 2
    page.get_by_text("Settings").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "limit"
    page.keyboard.press("Escape")
    expect(page.locator("#settings [name=limit]")).not_to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    found = [*Axe().run(page).response["violations"]]
    ask(page, ASKED)
    page.get_by_text("Why this?").first.click()
    page.get_by_text("Settings").click()
    found += Axe().run(page).response["violations"]
    page.goto("/list?user_id=ana")
    found += Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []


def test_a_phone_scrolls_in_one_direction_only(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    ask(page, ASKED)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_it_works_without_the_script(opened: Browser, address: str) -> None:
    context = opened.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Who is watching?").fill("tom")
    page.get_by_label("What are you in the mood for?").fill(ASKED)
    page.get_by_role("button", name="Ask", exact=True).click()
    cards = page.locator(".card")
    expect(cards).to_have_count(4)
    first = titles(page)
    page.get_by_role("button", name="another one").click()
    expect(page.locator(".turn.earlier")).to_have_count(1)
    assert len(titles(page)) and not set(first) & set(titles(page))
    page.get_by_role("button", name="Seen").first.click()
    expect(page.get_by_role("heading")).to_contain_text("noted for tom")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading")).to_contain_text("Forgotten")
    page.get_by_role("link", name="Back to the conversation").click()
    expect(page.locator(".turn.earlier")).to_have_count(2)
    context.close()


def test_what_looks_like_markup_stays_text(opened: Browser) -> None:
    film = Movie(
        movie_id="x1",
        title=f'Rock & "Roll" {HOSTILE}',
        year=1999,
        genres=["Crime"],
        overview=f"A crime film. {HOSTILE}",
    )
    with served(made(lambda: app_over(film))) as url:
        context, seen = opened.new_context(base_url=url), Seen()
        seen.watch(context)
        page = context.new_page()
        page.goto("/")
        page.get_by_label("Who is watching?").fill(HOSTILE[:90])
        ask(page, f"a crime film {HOSTILE}")
        expect(page.locator(".card h3")).to_contain_text('Rock & "Roll"')
        expect(page.locator(".turn h2").first).to_contain_text("<script>")
        page.get_by_role("button", name="Seen").first.click()
        expect(page.locator("#toast")).to_contain_text("<script>")
        page.goto("/list?user_id=" + quote(HOSTILE[:90]))
        expect(page.get_by_role("heading").first).to_contain_text("<script>")
        assert page.title() != "owned"
        context.close()
    assert (seen.console, seen.hosts) == ([], {"127.0.0.1"})


def test_the_token_is_asked_for_on_a_page(opened: Browser) -> None:
    with served(made(lambda: app_with(policy=Policy(token="a-long-enough-secret")))) as url:
        page = opened.new_page(base_url=url)
        page.goto("/")
        page.get_by_label("token").fill("a wrong secret of mine")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text("The token is wrong.")
        page.get_by_label("token").fill("a-long-enough-secret")
        page.keyboard.press("Enter")
        ask(page, "contemplative science fiction")
        assert titles(page)
        page.close()


def test_faults_are_told_in_sentences(page: Page) -> None:
    page.get_by_label("Who is watching?").fill("x")
    ask(page, "???")
    expect(page.get_by_role("alert")).to_contain_text("holds no words")
    ask(page, "what is the capital of Norway?")
    expect(page.locator(".turn").last.locator(".answer")).to_contain_text("what are you in the mood for?")
    page.route("**/", lambda route: route.abort())
    page.get_by_label("What are you in the mood for?").fill(ASKED)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").last).to_contain_text("matinee does not answer")
    page.unroute("**/")
