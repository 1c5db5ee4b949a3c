"""all-MiniLM-L6-v2 from its packaged weights: the encoder as an ONNX graph, made in memory when it is loaded.

The package has the weights as safetensors, which usually means torch. A BERT encoder is some twenty operators, so
they are written down here for onnxruntime, which is there already.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from onnx import ModelProto

LONGEST = 256
"""Tokens of a text that count: the model's `max_seq_length` (its tokenizer.json says 128, from training)."""

_LAYERS, _HEADS, _WIDTH, _EPSILON = 6, 12, 384, 1e-12
_OPSET, _IR = 20, 10  # the first with Gelu; the format version that goes with it

Weights = dict[str, "np.ndarray[Any, Any]"]


class MiniLm:
    """A text's vector: the mean of its tokens' last hidden states, `(384,)`, unit length."""

    def __init__(self, folder: Path) -> None:
        from onnxruntime import InferenceSession, SessionOptions
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)
        model = encoder_graph(load_file(folder / "model.safetensors"))
        options = SessionOptions()
        options.intra_op_num_threads = 1  # texts run side by side in threads
        self._session = InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])

    def embed(self, text: str) -> list[float]:
        """Return the vector of one text; of a long one, the first 256 tokens count."""
        ids = np.array(self._tokenizer.encode(text).ids, dtype=np.int64)
        vector: list[float] = self._session.run(None, {"ids": ids})[0].tolist()
        return vector


def encoder_graph(weights: Weights) -> "ModelProto":
    """Return BERT's encoder with mean pooling and normalisation: `ids (tokens,) int64` -> `vector (384,) float32`.

    For one text at a time, so without a mask. `weights` have the names of the transformers library's `BertModel`.
    After Devlin et al. 2019, "BERT" (post-norm encoder, exact GELU); pooling as in Reimers and Gurevych 2019,
    "Sentence-BERT".
    """
    from onnx import TensorProto, checker, helper

    graph = _Graph(weights)
    states = graph.embedded("ids")
    for layer in range(_LAYERS):
        states = graph.layer(states, f"encoder.layer.{layer}")
    mean = graph.op("ReduceMean", states, graph.constant([0], np.int64), keepdims=0)
    length = graph.op("ReduceL2", mean, graph.constant([0], np.int64), keepdims=1)
    graph.op("Div", mean, length, output="vector")
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "minilm",
            [helper.make_tensor_value_info("ids", TensorProto.INT64, ["tokens"])],
            [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [_WIDTH])],
            graph.initializers,
        ),
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=_IR,
    )
    checker.check_model(model)
    return model


class _Graph:
    """ONNX nodes as they are added; every method returns the name of its output."""

    def __init__(self, weights: Weights) -> None:
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []
        self._weights = weights

    def op(self, kind: str, *inputs: str, output: str | None = None, **attributes: Any) -> str:
        from onnx import helper

        name = output or f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def constant(self, value: Any, kind: Any = np.float32) -> str:
        from onnx import numpy_helper

        name = f"constant_{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value, dtype=kind), name))
        return name

    def weight(self, name: str) -> str:
        return self.constant(self._weights[name])

    def dense(self, states: str, name: str) -> str:
        product = self.op("MatMul", states, self.constant(self._weights[f"{name}.weight"].T))
        return self.op("Add", product, self.weight(f"{name}.bias"))

    def norm(self, states: str, name: str) -> str:
        scale, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.op("LayerNormalization", states, scale, bias, epsilon=_EPSILON)

    def embedded(self, ids: str) -> str:
        words = self.op("Gather", self.weight("embeddings.word_embeddings.weight"), ids)
        # Every token is of the first segment, so its type goes with its position.
        places = self._weights["embeddings.position_embeddings.weight"]
        types = self._weights["embeddings.token_type_embeddings.weight"]
        start, axis = self.constant([0], np.int64), self.constant([0], np.int64)
        there = self.op("Slice", self.constant(places + types[0]), start, self.op("Shape", ids), axis)
        return self.norm(self.op("Add", words, there), "embeddings.LayerNorm")

    def layer(self, states: str, name: str) -> str:
        attended = self.dense(self.attention(states, f"{name}.attention.self"), f"{name}.attention.output.dense")
        states = self.norm(self.op("Add", attended, states), f"{name}.attention.output.LayerNorm")
        inner = self.op("Gelu", self.dense(states, f"{name}.intermediate.dense"))
        outer = self.dense(inner, f"{name}.output.dense")
        return self.norm(self.op("Add", outer, states), f"{name}.output.LayerNorm")

    def attention(self, states: str, name: str) -> str:
        size = _WIDTH // _HEADS
        split = self.constant([-1, _HEADS, size], np.int64)
        query, key, value = (
            self.op("Reshape", self.dense(states, f"{name}.{part}"), split) for part in ("query", "key", "value")
        )
        scores = self.op(
            "MatMul",
            self.op("Transpose", query, perm=[1, 0, 2]),
            self.op("Transpose", key, perm=[1, 2, 0]),
        )
        share = self.op("Softmax", self.op("Mul", scores, self.constant(size**-0.5)), axis=-1)
        mixed = self.op("MatMul", share, self.op("Transpose", value, perm=[1, 0, 2]))
        whole = self.constant([-1, _WIDTH], np.int64)
        return self.op("Reshape", self.op("Transpose", mixed, perm=[1, 0, 2]), whole)
