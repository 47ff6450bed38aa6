"""Weights of two stages of one training → their weighted mean, which errs less than either."""

import argparse
from pathlib import Path

import torch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("first", type=Path)
    parser.add_argument("last", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--share", type=float, default=0.6, help="of the last")
    parser.add_argument(
        "--whole", default="reader.status.", help="what is the last's alone: the first never saw its texts"
    )
    args = parser.parse_args()
    first, last = (torch.load(path, map_location="cpu") for path in (args.first, args.last))
    mixed = {}
    for name, value in last.items():
        if value.is_floating_point() and not name.startswith(args.whole):
            mixed[name] = ((1 - args.share) * first[name].float() + args.share * value.float()).half()
        else:
            mixed[name] = value
    args.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save(mixed, args.out)


if __name__ == "__main__":
    main()
