"""Weights → the files that the program ships: networks for onnxruntime, whole numbers of eight bits in the encoder."""

import argparse
import json
import shutil
import tempfile
from pathlib import Path

import onnx
import torch
from model import REACH, WIDTH, Layer, Reader, Shape
from onnxruntime.quantization import QuantType, quantize_dynamic
from prepare import KINDS, STANCES, STATUSES
from torch import Tensor, nn
from torch.nn import functional as F
from train import Trained

from onrecord.language.occurring import HALF

OPSET = 17


class Attend(torch.autograd.Function):
    """Attention as the one operator of onnxruntime that does all of it, twice as fast as its parts."""

    @staticmethod
    def forward(ctx: object, query: Tensor, key: Tensor, value: Tensor, heads: int) -> Tensor:
        """Of the right shape: only its name goes into the file."""
        return query + key + value

    @staticmethod
    def symbolic(g: object, query: object, key: object, value: object, heads: int) -> object:
        return g.op("com.microsoft::MultiHeadAttention", query, key, value, num_heads_i=heads)


class Plain(nn.Module):
    """A layer for one window without padding: nothing is masked."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.layer = layer
        width = layer.out.in_features
        self.three = nn.ModuleList(nn.Linear(width, width) for _ in range(3))
        for n, part in enumerate(self.three):
            part.weight.data = layer.qkv.weight.data[n * width : (n + 1) * width].clone()
            part.bias.data = layer.qkv.bias.data[n * width : (n + 1) * width].clone()

    def forward(self, x: Tensor) -> Tensor:
        it = self.layer
        seen = Attend.apply(*(part(x) for part in self.three), it.heads)
        x = it.norm1(x + it.out(seen))
        return it.norm2(x + it.down(F.gelu(it.up(x))))


class Encoded(nn.Module):
    """Window → a vector for each piece, the scores of its being a cue, and what is seen of it half-way and at first."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.encoder, self.cues = reader.encoder, reader.cues
        self.plain = nn.ModuleList(Plain(layer) for layer in reader.encoder.layers)

    def forward(self, ids: Tensor, features: Tensor, segments: Tensor) -> tuple[Tensor, ...]:
        it = self.encoder
        places = torch.arange(ids.shape[1])
        x = first = it.norm(it.words(ids) + it.segments(segments) + it.places(places) + it.features(features))
        middle = x
        for number, layer in enumerate(self.plain, start=1):
            x = layer(x)
            middle = x if number == HALF else middle
        return x, self.cues(x), middle, first


class Given(nn.Module):
    """Words around one cue → scores of their roles."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.roles = reader.roles
        self.plain = nn.ModuleList(Plain(layer) for layer in reader.roles.layers)

    def forward(self, words: Tensor, cue: Tensor, distance: Tensor) -> Tensor:
        it = self.roles
        x = it.norm(it.project(words) + it.cue(cue)[:, None] + it.distance(distance))
        for layer in self.plain:
            x = layer(x)
        return it.tag(x)


class Judged(nn.Module):
    """Vectors of spans → certainty, and scores of status, stance and kind of source."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.heads = nn.ModuleList([reader.certainty, reader.status, reader.stance, reader.kind])

    def forward(self, spans: Tensor) -> tuple[Tensor, ...]:
        return tuple(head(spans) for head in self.heads)


def loaded(path: Path) -> Trained:
    """The trained network, as it was saved."""
    kept = {k: v.float() if v.is_floating_point() else v for k, v in torch.load(path, map_location="cpu").items()}
    width = kept["reader.roles.tag.weight"].shape[1]
    depth = len({k.split(".")[3] for k in kept if k.startswith("reader.roles.layers.")})
    it = Trained(Shape(width=width, heads=width // 32, inner=2 * width, layers=depth), 0.0)
    it.load_state_dict(kept)
    return it.eval()


def written(
    module: nn.Module,
    inputs: dict[str, Tensor],
    outputs: list[str],
    axes: dict,
    path: Path,
    *,
    whole: bool,
    spared: str = "",
) -> None:
    """A network's file. spared: start of the names of what stays in single precision, besides all where `whole`."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "whole.onnx")
        torch.onnx.export(
            module, tuple(inputs.values()), str(made), input_names=list(inputs), output_names=outputs,
            dynamic_axes=axes, opset_version=OPSET, dynamo=False, custom_opsets={"com.microsoft": 1},
        )  # fmt: skip
        if whole:
            shutil.copy(made, path)
            return
        nodes = [n.name for n in onnx.load(str(made)).graph.node if spared and n.name.startswith(spared)]
        quantize_dynamic(
            str(made), str(path), per_channel=True, weight_type=QuantType.QInt8, nodes_to_exclude=nodes,
            op_types_to_quantize=["MatMul", "Gemm", "Gather"], extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--minilm", type=Path, required=True, help="folder with vocab.txt")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--whole", action="store_true", help="leave all in single precision: for comparison")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    it = loaded(args.weights)
    one = torch.ones(1, 32, dtype=torch.long)
    outputs = ["vectors", "cues", "middle", "first"]
    axes = {name: {1: "pieces"} for name in ("ids", "features", "segments", *outputs)}
    # A head's last layer stays whole: its few numbers decide
    written(
        Encoded(it.reader),
        {"ids": one * 100, "features": one * 0, "segments": one * 0},
        outputs,
        axes,
        args.out / "encoder.onnx",
        whole=args.whole,
        spared="/cues/",
    )
    words, cue, distance = torch.zeros(1, 16, WIDTH), torch.zeros(1, WIDTH), torch.full((1, 16), REACH)
    axes = {name: {1: "length"} for name in ("words", "distance", "tags")}
    written(
        Given(it.reader),
        {"words": words, "cue": cue, "distance": distance},
        ["tags"],
        axes,
        args.out / "roles.onnx",
        whole=args.whole,
        spared="/tag/",
    )
    outputs = ["certainty", "status", "stance", "kind"]
    written(
        Judged(it.reader),
        {"spans": cue},
        outputs,
        {name: {0: "spans"} for name in ["spans", *outputs]},
        args.out / "spans.onnx",
        whole=True,
    )
    path = args.out / "reader.json"
    # What `fitted.py` counts and `events.py` adds stays until they come again: the program, which they ask, reads all of it
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    told = kept | {
        "reach": REACH,
        "statuses": STATUSES,
        "stances": STANCES,
        "kinds": KINDS,
        **it.chain.told(),
        "lift": 0.0,
    }
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    shutil.copy(args.minilm / "vocab.txt", args.out / "pieces.txt")


if __name__ == "__main__":
    main()
