"""What is known of a film in the catalogue's vocabulary: moods, themes, settings, content."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Level = Annotated[int, Field(ge=0, le=3)]
"""How much of something a film has: 0 nothing, 1 a little, 2 much, 3 as its main matter."""


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


def _much(level: int | None) -> bool:
    return level is not None and level > 1
