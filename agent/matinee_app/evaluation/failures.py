"""Why answers were missed, by kind, with the ids of the requests."""

from collections.abc import Mapping, Sequence

from matinee_app.evaluation.running import SHOWN, Ranked


def failures(runs: Sequence[Ranked], gold: Mapping[str, set[str]]) -> dict[str, list[str]]:
    """Return the requests with no answer among the first ten, by the kind of failure.

    `ranked low`: an answer is among the 100; `not among 100`: none is; `refused`: the request gave no films;
    `a demand was in the way`: no answer was found and a demand was read, which may have kept it out.
    """
    found: dict[str, list[str]] = {
        "ranked low": [],
        "not among 100": [],
        "a demand was in the way": [],
        "refused": [],
    }
    for run in runs:
        answers = gold[run.request.id]
        if answers & set(run.films[:SHOWN]):
            continue
        if not run.films:
            found["refused"].append(run.request.id)
        elif answers & set(run.films):
            found["ranked low"].append(run.request.id)
        elif run.understood.constraints:
            found["a demand was in the way"].append(run.request.id)
        else:
            found["not among 100"].append(run.request.id)
    return found
