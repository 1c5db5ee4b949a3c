"""Reads a request: the demands that it makes and the films that it names, by rule and without a model."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from matinee.language.request import Request
from matinee.query.company import read_company
from matinee.query.constraint_conflicts import resolve
from matinee.query.critiques import read_critiques, read_moods, tags_of
from matinee.query.entity_linking import link_entities
from matinee.query.genres import read_genres
from matinee.query.in_english import InEnglish, in_english
from matinee.query.intent import is_identifying
from matinee.query.lists import read_lists
from matinee.query.places_and_content import read_avoided, read_places
from matinee.query.quantities import read_ratings, read_runtime
from matinee.query.query_text import completed
from matinee.query.refusals import read_refusals
from matinee.query.relative_constraints import NOTHING_TO_COMPARE, Measures, read_vague
from matinee.query.series import read_sequels, read_series
from matinee.query.sort_order import read_order
from matinee.query.terms import Term, read_terms
from matinee.query.title_ambiguity import MOST_MENTIONS, told_of_mentions
from matinee.query.titles import TitleLookup
from matinee.query.years import read_years
from matinee.understanding import LOOSE, Constraint, ConstraintField, Critique, Mention, Understanding

_LONG = 60
"""Words of a request from which it is read as a post that tells a story."""


def understand(
    text: str | InEnglish,
    titles: TitleLookup,
    *,
    this_year: int | None = None,
    compared_with: Callable[[Sequence[Mention]], Measures] = lambda mentions: NOTHING_TO_COMPARE,
    goes_on: bool = False,
) -> Understanding:
    """Return what a request demands, each demand with the words that say so, and the films that it names.

    `this_year` is what "recent" counts from; by default the clock's. In a turn that `goes_on` from earlier ones a
    comparison needs no film named in it, and "older" and "shorter" count from what `compared_with` returns for the
    films that it names. Of demands that exclude each other one is set aside, and a remark says so. Other languages are
    glossed in English and misspelt words corrected before anything is read, which a remark tells; `Understanding.text`
    is that text. Nothing is raised, whatever the text.
    """
    request, corrected, written = text if isinstance(text, InEnglish) else in_english(text, titles)
    terms = read_terms(request)
    listed = read_lists(request, titles)
    series = read_series(request, titles, terms)
    asked = [*listed.demands, *([series.demand] if series else ())]
    told = [*listed.remarks, *(series.remarks if series else ())]
    unlisted = request.without(demand.span for demand in (*asked, *listed.hints) if demand.span)
    mentions, people, named, unknown, likened, linked = link_entities(unlisted, titles, terms)
    bare = request
    if series and series.demand.span:
        named = [*named, series.demand.span]
    if named:
        bare = request.without(named)
        terms = read_terms(bare)
    seeds = [mention for mention in mentions if mention.role == "like"]
    critiques = read_critiques(bare, terms, seeded=goes_on or bool(seeds) or likened)
    if seeds or goes_on:  # beside a film, "funnier" compares with it and asks for no genre
        within = {i for read in critiques if read.compares for i in range(read.first, read.last)}
        terms = [term for term in terms if not (term.kind == "genre" and term.first in within)]
    beside = compared_with(mentions)
    measures = Measures(
        [mention.year for mention in seeds if mention.year] or beside.years,
        titles.runtimes(mention.movie_id for mention in seeds) or beside.runtimes,
    )
    sequels = None if series else read_sequels(unlisted, titles, mentions)
    asked += [sequels] if sequels else []
    demands = [*_read(bare, terms, this_year or date.today().year, measures), *asked]
    if is_identifying(request.folded):
        hints = list(distinct([*demands, *people]))
        remembered = Understanding(text=request.text, written=written, intent="identify", hints=hints)
        return completed(remembered.model_copy(update={"mentions": mentions, "remarks": corrected}))
    moods = [] if critiques or mentions else [read.critique for read in read_moods(bare, terms)]
    refusals = read_refusals(unlisted.without(set(named) - set(unknown)), demands, mentions, titles)
    found = list(distinct([*demands, *refusals.demands, *people]))
    constraints, remarks = resolve([_in_passing(c) for c in found] if len(request.words) > _LONG else found)
    order = read_order(bare, [*constraints, *listed.hints]) or (series.order if series else None)
    read = Understanding(
        text=request.text,
        written=written,
        constraints=[demand for demand in constraints if not (order and order.told_by(demand))],
        remarks=[*corrected, *remarks, *told, *linked, *told_of_mentions(request.text, mentions)],
        mentions=mentions[:MOST_MENTIONS],
        critiques=[read.critique for read in critiques],
        moods=moods,
        hints=[*_mood_hints(moods), *listed.hints],
        refused=refusals.words,
        order=order,
        series=series is not None,
    )
    return completed(read)


def _in_passing(demand: Constraint) -> Constraint:
    """Return a demand of a long post, which tells of much else: half of what it seems to demand it only mentions."""
    certain = demand.op == "none_of" or demand.is_limit
    return demand if certain else demand.model_copy(update={"certainty": min(demand.certainty, LOOSE)})


def _mood_hints(moods: Iterable[Critique]) -> Iterator[Constraint]:
    for mood in moods:
        yield Constraint(
            field=ConstraintField.KEYWORDS, op="any_of", value=tags_of(mood), words=mood.words, span=mood.span
        )


def _read(request: Request, terms: list[Term], this_year: int, measures: Measures) -> Iterator[Constraint]:
    explicit = [*read_years(request, terms, this_year), *read_runtime(request), *read_ratings(request)]
    yield from read_genres(request, terms)
    yield from explicit
    yield from read_vague(request, terms, {c.field for c in explicit}, this_year, measures)
    yield from read_places(request, terms)
    yield from read_avoided(request, terms)
    yield from read_company(request)


def distinct(constraints: Iterable[Constraint]) -> Iterator[Constraint]:
    """Yield the demands without those that say the same, of which the surest stays."""
    surest: dict[tuple[object, ...], Constraint] = {}
    for found in constraints:
        value = frozenset(found.value) if isinstance(found.value, list) else found.value
        key = (found.field, found.op, value)
        if key not in surest or surest[key].certainty < found.certainty:
            surest[key] = found
    yield from surest.values()
