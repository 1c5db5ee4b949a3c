"""What is known of a film in the catalogue's vocabulary: moods, themes, settings, content."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Level = Annotated[int, Field(ge=0, le=3)]
"""How much of something a film has: 0 nothing, 1 a little, 2 much, 3 as its main matter."""

Provenance = Literal["starter", "model", "viewer"]
"""Who says it: the starter catalogue, the chat model, or a catalogue that the viewer brought."""


class Traits(BaseModel):
    """What is known of a film in the catalogue's vocabulary. Empty lists and None mean unknown."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    moods: list[str] = []
    themes: list[str] = []
    settings: list[str] = Field(default=[], description="places and times")
    occasions: list[str] = Field(default=[], description="when and with whom to watch it")
    pace: Literal["slow", "steady", "fast"] | None = None
    violence: Level | None = None
    gore: Level | None = None
    sex: Level | None = None
    frightening: Level | None = None
    sad: Level | None = None
    age: int | None = Field(default=None, ge=0, le=18, description="the youngest age that it suits")
    similar: list[str] = Field(default=[], description="films to name beside it, as `Arrival (2016)`")
    series: str | None = None
    studio: str | None = Field(default=None, description="the studio or brand that it is known by: `Disney`, `Marvel`")
    based_on: str | None = Field(default=None, description="`novel`, `true story`, ...")
    black_and_white: bool | None = None
    provenance: Provenance | None = Field(default=None, description="who says this, of several the last; None: unknown")

    @property
    def described(self) -> bool:
        """Tell whether anything is known; of some films the chat model says that it knows nothing."""
        return any(value not in (None, []) for name, value in self if name != "provenance")

    def said_by(self, provenance: Provenance | None) -> "Traits":
        """Return the same traits as somebody else's."""
        return self.model_copy(update={"provenance": provenance})

    def joined(self, other: "Traits") -> "Traits":
        """Return these traits, completed by another source's. What the viewer says stands before what others say.

        What the model says is no completion: it gives way as a whole.
        """
        if not (self.described and other.described):
            return self if self.described else other
        first, second = sorted((self, other), key=lambda traits: _WEIGHTS[traits.provenance], reverse=True)
        if second.provenance == "model" != first.provenance:
            return first
        return second.model_copy(update=first.model_dump(exclude_defaults=True))

    @property
    def terms(self) -> list[str]:
        """Return all of it as keywords: "slow-burning" for a slow pace, "violent" where violence is its matter."""
        said = [
            (self.pace == "slow", "slow-burning"),
            (self.pace == "fast", "fast-paced"),
            (self.violence == 2, "violence"),
            (self.violence == 3, "violent"),
            (_much(self.gore), "gory"),
            (_much(self.sex), "sex"),
            (_much(self.frightening), "scary"),
            (_much(self.sad), "sad"),
            (self.age is not None and self.age <= _FAMILY_AGE, "family friendly"),
            (self.based_on == "true story", "true story"),
            (self.based_on == "novel", "based on a novel"),
            (bool(self.black_and_white), "black and white"),
        ]
        listed = [*self.moods, *self.themes, *self.settings, *self.occasions]
        return list(dict.fromkeys([*listed, *(term for is_so, term in said if is_so)]))


_FAMILY_AGE = 8
_WEIGHTS: dict[Provenance | None, int] = {"viewer": 2, "starter": 1, None: 1, "model": 0}


def _much(level: int | None) -> bool:
    return level is not None and level > 1
