"""Judges the sentences of an answer off the event loop, beside films that they may be about instead."""

import asyncio
from collections.abc import Sequence
from functools import partial

from matinee import logs
from matinee.errors import IndexUnavailable
from matinee.index import MovieIndex
from matinee.models import Movie
from matinee.nodes.answer_reader import Judge
from matinee.nodes.answer_session import AnswerSession
from matinee.nodes.understand import Titles
from matinee.reasons.checker import Checker, Judged
from matinee.reasons.support import Encoder

_log = logs.logger(__name__)

_NEAREST = 3
"""Films of the catalogue with which a sentence is compared, beside those on offer."""


class SentenceChecking:
    """Makes the judge of a run.

    Args:
        titles: the catalogue's titles and people.
        movies: the stored films.
        encoder: vectors of sentences.
        is_indexed: whether the films are stored by vectors of this encoder, so that those near a sentence can be found.
    """

    def __init__(self, titles: Titles, movies: MovieIndex, encoder: Encoder, *, is_indexed: bool) -> None:
        self._titles = titles
        self._movies = movies
        self._encoder = encoder
        self._is_indexed = is_indexed
        self._warming: set[asyncio.Task[None]] = set()

    async def of_run(self, session: AnswerSession) -> Judge:
        """Return what judges the sentences of a run; the offered films' texts are embedded while the model reads."""
        checker = session.checker(await self._titles.names(), self._encoder)
        films = [c.movie for c in session.offered]
        warming = asyncio.create_task(asyncio.to_thread(checker.prepare, films))
        self._warming.add(warming)
        warming.add_done_callback(self._warming.discard)
        return partial(self._judge, checker, films)

    async def _judge(self, checker: Checker, offered: Sequence[Movie], text: str, film: Movie) -> Judged:
        others = [*offered, *await self._near(text, film)]
        return await asyncio.to_thread(checker.judge, text, film, others)

    async def _near(self, text: str, film: Movie) -> list[Movie]:
        """Return the films of the catalogue nearest to a sentence; none where that cannot be known."""
        if not self._is_indexed:
            return []
        try:
            vector = await asyncio.to_thread(self._encoder.vectors, [text])
            found = await self._movies.nearest(vector[0].tolist(), _NEAREST, exclude=[film.movie_id])
        except IndexUnavailable as error:
            _log.warning("films near a sentence cannot be searched: %s", logs.kinds(error))
            return []
        return [candidate.movie for candidate in found]
