"""How the words of two stories relate: near copies, parts and excerpts."""

from evaluation import rows
from evaluation.rows import BadInput, Row
from evaluation.tasks.order import Order
from onrecord import families as stage
from onrecord.families import copies
from onrecord.families.copies import Overlap

# What the words of this task mean, in shares of common 5-word runs. The product's own relations say more than these, as
# a rewrite need not share words at all.
NEAR_COPY = 0.8
EXCERPT = 0.5
PARTIAL = 0.2
SHORTER = 2 / 3


def families(order: Order) -> list[Row]:
    """One row a pair, in the order asked: near-copy, partial, excerpt or different-words."""
    asked = rows.read(order.input, ("a", "b"))
    told = order.told()
    for row in asked:
        for side in ("a", "b"):
            if row[side] not in told:
                raise BadInput(f'{order.input}: the story "{row[side]}" is in none of the files given')
    corpus = order.library.tell(list(told.values()))
    names = list(corpus.stories)
    signatures = [stage.fingerprint(corpus.stories[name]).signature for name in names]
    found = {
        (names[pair.first], names[pair.second]): _word(pair, signatures[pair.first], signatures[pair.second])
        for pair in copies.overlaps(signatures)
    }
    found |= {(second, first): word for (first, second), word in found.items()}
    return [
        {"a": row["a"], "b": row["b"], "relation": found.get((row["a"], row["b"]), "different-words")} for row in asked
    ]


def _word(pair: Overlap, first: tuple[int, ...], second: tuple[int, ...]) -> str:
    held = max(pair.first_in_second, pair.second_in_first)
    # The last value of a signature is how many different runs the story has.
    lengths = sorted((first[-1], second[-1]))
    if pair.jaccard >= NEAR_COPY:
        return "near-copy"
    if held >= EXCERPT > pair.jaccard and lengths[0] <= SHORTER * lengths[1]:
        return "excerpt"
    return "partial" if pair.jaccard >= PARTIAL or held >= EXCERPT else "different-words"
