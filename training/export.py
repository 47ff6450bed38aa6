"""Weights → the files that the program ships: networks for onnxruntime, whole numbers of eight bits in the encoder."""

import argparse
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from model import REACH, WIDTH, Reader
from onnxruntime.quantization import QuantType, quantize_dynamic
from prepare import KINDS, STANCES, STATUSES
from torch import Tensor, nn
from train import Trained

OPSET = 17


class Encoded(nn.Module):
    """Window → a vector for each piece, and the scores of its being a cue."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.encoder, self.cues = reader.encoder, reader.cues

    def forward(self, ids: Tensor, features: Tensor, segments: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        x = self.encoder(ids, features, segments, mask)
        return x, self.cues(x)


class Judged(nn.Module):
    """Vectors of spans → certainty, and scores of status, stance and kind of source."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.heads = nn.ModuleList([reader.certainty, reader.status, reader.stance, reader.kind])

    def forward(self, spans: Tensor) -> tuple[Tensor, ...]:
        return tuple(head(spans) for head in self.heads)


def loaded(path: Path) -> Trained:
    """The trained network, as it was saved."""
    from model import Shape

    kept = {k: v.float() if v.is_floating_point() else v for k, v in torch.load(path, map_location="cpu").items()}
    width = kept["reader.roles.tag.weight"].shape[1]
    depth = len({k.split(".")[3] for k in kept if k.startswith("reader.roles.layers.")})
    it = Trained(Shape(width=width, heads=width // 32, inner=2 * width, layers=depth), 0.0)
    it.load_state_dict(kept)
    return it.eval()


def written(module: nn.Module, inputs: dict[str, Tensor], outputs: list[str], axes: dict, path: Path) -> None:
    torch.onnx.export(
        module, tuple(inputs.values()), str(path), input_names=list(inputs), output_names=outputs,
        dynamic_axes=axes, opset_version=OPSET, dynamo=False,
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--minilm", type=Path, required=True, help="folder with vocab.txt")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--whole", action="store_true", help="leave the encoder in single precision: for comparison")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    it = loaded(args.weights)
    one = torch.ones(1, 32, dtype=torch.long)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder, "encoder.onnx")
        names = ["ids", "features", "segments", "mask"]
        axes = {name: {1: "pieces"} for name in [*names, "pieces", "cues"]}
        written(Encoded(it.reader), dict(zip(names, (one * 100, one * 0, one * 0, one), strict=True)), ["pieces", "cues"], axes, whole)
        if args.whole:
            shutil.copy(whole, args.out / "encoder.onnx")
        else:
            # The heads' own layer stays whole: its few numbers decide
            spared = [n.name for n in onnx.load(str(whole)).graph.node if n.name.startswith("/cues/")]
            quantize_dynamic(
                str(whole), str(args.out / "encoder.onnx"), per_channel=True, weight_type=QuantType.QInt8,
                op_types_to_quantize=["MatMul", "Gemm", "Gather"], nodes_to_exclude=spared,
            )  # fmt: skip
    words, cue = torch.zeros(2, 16, WIDTH), torch.zeros(2, WIDTH)
    distance, mask = torch.full((2, 16), REACH), torch.ones(2, 16, dtype=torch.bool)
    axes = {"words": {0: "cues", 1: "length"}, "cue": {0: "cues"}, "distance": {0: "cues", 1: "length"}, "mask": {0: "cues", 1: "length"}, "tags": {0: "cues", 1: "length"}}  # fmt: skip
    written(it.reader.roles, {"words": words, "cue": cue, "distance": distance, "mask": mask}, ["tags"], axes, args.out / "roles.onnx")
    outputs = ["certainty", "status", "stance", "kind"]
    written(Judged(it.reader), {"spans": cue}, outputs, {name: {0: "spans"} for name in ["spans", *outputs]}, args.out / "spans.onnx")
    chain = it.chain
    told = {
        "reach": REACH,
        "statuses": STATUSES,
        "stances": STANCES,
        "kinds": KINDS,
        "moves": np.round((chain.moves + chain.barred).detach().numpy(), 5).tolist(),
        "first": np.round((chain.first + chain.shut).detach().numpy(), 5).tolist(),
        "last": np.round(chain.last.detach().numpy(), 5).tolist(),
        "lift": 0.0,
    }
    (args.out / "reader.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    shutil.copy(args.minilm / "vocab.txt", args.out / "pieces.txt")


if __name__ == "__main__":
    main()
