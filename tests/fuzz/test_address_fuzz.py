"""Hours of hostile addresses against their one reader: one sentence or an address, and no part of a password in it."""

import time
from urllib.parse import quote

from hypothesis import strategies as st

from matinee.addresses import read_ollama, read_postgres, read_qdrant
from matinee.errors import UnreadableAddress
from tests.support.fuzzing import HANG, MEMORY, SECONDS, batches, memory

READERS = (read_ollama, read_qdrant, read_postgres)
SCHEMES = ["", "http://", "https://", "HTTP://", "postgresql://", "postgres+asyncpg://", "ftp://", "://", "//"]
PIECES = """
localhost 0.0.0.0 127.0.0.1 :: ::1 [::1] [::] [fe80::1%25eth0] fe80::1%eth0 [ ] host.example münchen.de xn-- a..b -a
:11434 :443 :0 :65536 :port : / // /ollama/ /a%2Fb ? ?sslmode=require &ssl=1 ?host=/tmp = # @ %40 %zz % ' " , \\ + é
ann ann:pw@ @host 日本 \u202e \x00 \ud800 \n ann: user@ a b 1 ipv6 %2Ftmp search_path=a,b&options=-c
""".split(" ")
_MARK = "§"
"""A sign that no address has, so that no part of one is taken for the password."""
_TEXTS = st.lists(st.sampled_from(PIECES) | st.text(st.characters(exclude_characters=_MARK), max_size=4), max_size=8)
_PASSWORDS = st.lists(st.sampled_from("@:/?#[]%&=+ '\"\\é") | st.characters(), min_size=3, max_size=12).map("".join)


def test_no_text_makes_the_reader_of_addresses_fail_hang_or_tell_a_password() -> None:
    before = memory()

    def tried(address: tuple[str, list[str], str, bool]) -> None:
        scheme, pieces, password, encoded = address
        text, secret = "".join(pieces), f"{_MARK}{password}{_MARK}"
        try:
            written = quote(secret, safe="") if encoded else secret
        except UnicodeEncodeError:  # half a character
            written = secret
        for given in (scheme + text, scheme + text * 300, f"{scheme}ann:{written}@{text}"):
            for reader in READERS:
                started = time.process_time()
                try:
                    read = reader(given)
                    said = f"{read} {read!r}"
                except UnreadableAddress as error:
                    said = str(error)
                assert time.process_time() - started < HANG
                assert said.isprintable()
                assert _MARK not in said

    batches(st.tuples(st.sampled_from(SCHEMES), _TEXTS, _PASSWORDS, st.booleans()), tried, SECONDS / 2)
    assert memory() - before < MEMORY
