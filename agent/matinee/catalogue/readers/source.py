"""A catalogue's file as text, whatever its encoding: surveyed once, in constant memory, then read line by line.

A gzip file is read as what it holds, and so is a file inside a ZIP archive (`zipfile.Path`).
"""

import codecs
import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources.abc import Traversable
from io import TextIOWrapper
from pathlib import Path
from typing import IO, cast
from zipfile import BadZipFile

from matinee.errors import CatalogueError

CHUNK = 1 << 16
_LINE_MAX = 1 << 24
"""Characters of one line; what is longer is read in pieces, so that a file without line ends stays out of memory."""
ZIPPED = (b"PK\x03\x04", b"PK\x05\x06")
"""How an archive begins, and one with nothing in it."""
_GZIPPED = b"\x1f\x8b"
_BROKEN = (OSError, EOFError, zlib.error, BadZipFile, NotImplementedError)
"""What a file that cannot be read to its end raises, packed ones included."""
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("matinee.windows-1252", _as_windows_1252)


def _may_be_file(file: Path | Traversable) -> bool:
    try:
        return file.is_file()
    except OSError:
        return True  # opening it will tell what is wrong


class Source:
    """A text file. UTF-8 and UTF-16 are told by their marks; bytes that are not UTF-8 are read as Windows-1252.

    NUL characters, which a crash may leave at the end of a file, are dropped.
    """

    def __init__(
        self, file: Path | Traversable, wanted: str = "a catalogue file with at least one film, or a MovieLens folder"
    ) -> None:
        """Survey the file.

        Args:
            file: a file, or one inside an archive.
            wanted: what should have been named, for the message where it was not.

        Raises:
            CatalogueError: it is not there, cannot be read, is empty, or is not text.
        """
        self._file = file
        self.name = file.name
        self.path = Path(str(file))
        self.remarks: list[str] = []
        self._gzipped = False
        if not _may_be_file(file):
            raise CatalogueError(f"There is no file `{self.path}`; name {wanted}.")
        with self._bytes() as raw:
            self._gzipped = raw.read(2) == _GZIPPED
        with self._bytes() as raw:
            begin = raw.read(CHUNK)
        self._check_text(begin, wanted)
        self._encoding, self._errors = (
            ("utf-16", "replace") if begin.startswith(_UTF_16) else ("utf-8-sig", "matinee.windows-1252")
        )
        self.line_count = self._survey()
        self.head = next(self.chunks(), "")
        """The first 65,536 characters."""
        if not self.head.strip():
            raise CatalogueError(f"`{self.name}` is empty; name {wanted}.")

    def lines(self) -> Iterator[str]:
        """Yield the physical lines, each with its line end."""
        with self._bytes() as raw, self._text(raw) as text:
            while line := text.readline(_LINE_MAX):
                yield line.replace("\0", "") if "\0" in line else line

    def chunks(self) -> Iterator[str]:
        """Yield the text in pieces of up to 65,536 characters."""
        with self._bytes() as raw, self._text(raw) as text:
            while chunk := text.read(CHUNK):
                if kept := chunk.replace("\0", ""):
                    yield kept

    @contextmanager
    def _bytes(self) -> Iterator[IO[bytes]]:
        try:
            with self._file.open("rb") as raw:
                yield cast(IO[bytes], gzip.GzipFile(fileobj=raw)) if self._gzipped else raw
        except _BROKEN as error:
            raise CatalogueError(f"`{self.path}` cannot be read: {getattr(error, 'strerror', '') or error}.") from error

    def _text(self, raw: IO[bytes]) -> TextIOWrapper:
        # newline="" keeps line ends as they are, so that a row that spans lines is counted as the csv module reads it.
        return TextIOWrapper(raw, encoding=self._encoding, errors=self._errors, newline="")

    def _check_text(self, begin: bytes, wanted: str) -> None:
        if not begin:
            raise CatalogueError(f"`{self.name}` is empty (0 bytes); name {wanted}.")
        if begin.startswith(ZIPPED):
            raise CatalogueError(f"`{self.name}` is a zip archive, not text; unpack it and name what was in it.")
        if len(_CONTROL.findall(begin.decode("latin-1"))) > len(begin) / 20 and not begin.startswith(_UTF_16):
            raise CatalogueError(f"`{self.name}` is not a text file; expected is text in UTF-8.")

    def _survey(self) -> int:
        """Return the number of lines; remark on bytes of another encoding."""
        decoder = codecs.getincrementaldecoder(self._encoding)()
        newlines, last = 0, ""
        with self._bytes() as raw:
            while chunk := raw.read(CHUNK):
                try:
                    text = decoder.decode(chunk)
                except UnicodeDecodeError as error:
                    line = newlines + error.object.count(b"\n", 0, error.start) + 1
                    read_as = "Windows-1252" if self._encoding == "utf-8-sig" else "unknown characters"
                    self.remarks.append(
                        f"line {line} is not valid {self._encoding.removesuffix('-sig').upper()}: "
                        f"what is not is read as {read_as}"
                    )
                    decoder = codecs.getincrementaldecoder(self._encoding)(self._errors)
                    text = decoder.decode(error.object)
                newlines += text.count("\n")
                last = text.rstrip("\0")[-1:] or last
        return newlines + (last not in "\r\n")
