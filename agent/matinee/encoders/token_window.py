"""How much of a text an encoder reads at once, and how a longer text is cut into pieces that it reads whole."""

from functools import cached_property
from typing import TYPE_CHECKING

from matinee.encoders.embeddings import EmbeddingModel
from matinee.encoders.minilm import LONGEST
from matinee.encoders.weights import BGE_SMALL, MINILM_L6, PackagedWeights, weights_folder

if TYPE_CHECKING:
    from semantic_text_splitter import TextSplitter
    from tokenizers import Tokenizer

_BGE_READS = 512
_UNKNOWN_READS = 256
"""Tokens that an encoder is taken to read of which nothing is known (Ollama's, the host's own); most read 512."""

_PASSAGE = 256
"""Tokens of a passage, at most: longer ones tell of so much that their vector is near nothing in particular."""

_OVERLAP = 32
_SPECIAL = 2  # [CLS] and [SEP], which the encoder adds
_CHARACTERS = 8 * _PASSAGE
"""Characters of a passage, at most: a hundred thousand letters without a space are one token to the tokenizer."""

_SURELY = 2
"""Characters of ASCII text that one token has, at the least, on the average over a text; prose has four."""


class TokenWindow:
    """What an encoder reads at once, in tokens of its own tokenizer.

    Raises:
        ModelUnavailable: the packaged weights, of which the tokenizer is part, are not there.
        WeightsCorrupt: they are not what was recorded.
    """

    def __init__(self, weights: PackagedWeights, reads: int) -> None:
        """Take the weights whose tokenizer counts, which loads at first use, and how many tokens of a text count."""
        self.reads = reads
        self._weights = weights

    def fits(self, text: str) -> bool:
        """Tell whether the encoder reads the whole text."""
        if len(text) <= self.reads - _SPECIAL or (text.isascii() and len(text) <= _SURELY * self.reads):
            return True
        return len(self._tokenizer.encode(text).ids) <= self.reads

    def passages(self, text: str, most: int) -> list[str]:
        """Return at most so many passages that the text consists of, each as it stands there.

        They end where sentences end, if that is possible, and overlap with the one before where sentences are short.
        """
        pieces = self._splitter.chunks(text)[:most]
        return [piece[:_CHARACTERS].rstrip() for piece in pieces]

    @cached_property
    def _tokenizer(self) -> "Tokenizer":
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(weights_folder(self._weights) / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _splitter(self) -> "TextSplitter":
        from semantic_text_splitter import TextSplitter

        capacity = min(self.reads, _PASSAGE) - _SPECIAL
        return TextSplitter.from_huggingface_tokenizer(self._tokenizer, capacity, overlap=_OVERLAP)


def window_of(embedding: EmbeddingModel) -> TokenWindow:
    """Return what an encoder reads at once; of one that is not known, counted in the tokens of bge."""
    if embedding.name.startswith(MINILM_L6.name):
        return TokenWindow(MINILM_L6, LONGEST)
    return TokenWindow(BGE_SMALL, _BGE_READS if embedding.name.startswith(BGE_SMALL.name) else _UNKNOWN_READS)
