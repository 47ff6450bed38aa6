"""Near copies and what hangs together by them, as tables of a cluster: never all pairs, and nothing that one machine has to hold."""

from typing import TYPE_CHECKING

from onrecord.engines import executing
from onrecord.families.copies import LEAST_EQUAL, LEAST_MET

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from pyspark.sql import DataFrame

    Sent = Callable[..., Callable[[Any], Any]]


def pairs(signatures: "DataFrame", sent: "Sent", parts: int) -> "DataFrame":
    """The near copies, as `executing.EQUAL`. signatures: "n", a story's number in order of time, and "values", its 128 values as
    bytes; sent: a function of `executing` as one for a cluster; parts: into how many parts the values are laid out.

    Each value is a band of its own, as in `families.copies`: stories with one value are joined to few, and two that were joined
    by enough values are held against each other.
    """
    entries = signatures.mapInArrow(sent("entries"), executing.ENTRIES)
    joined = entries.repartition(parts, "key").mapInArrow(sent("starred"), executing.PAIRS)
    met = joined.groupBy("first", "second").count().where(f"count >= {LEAST_MET}").drop("count")
    these = signatures.withColumnsRenamed({"n": "first", "values": "these"})
    those = signatures.withColumnsRenamed({"n": "second", "values": "those"})
    beside = met.join(these, "first").join(those, "second").select("first", "second", "these", "those")
    return beside.mapInArrow(sent("agreeing"), executing.EQUAL).where(f"equal >= {LEAST_EQUAL}")


def components(edges: "DataFrame", folder: "Path") -> "tuple[DataFrame, int]":
    """What hangs together by edges: each "n" with "root", the least number of its component; and after how many rounds.

    edges: "first", "second". folder: where each round is kept, seen by all machines. Large stars and small stars in turn
    (Kiveris and others, "Connected Components in MapReduce and Beyond"): each round hangs what a number is beside on the least of
    these, so that the number of edges never grows, and few rounds are needed whatever the shape.
    """
    spark = edges.sparkSession
    was, rounds = edges.selectExpr("first as u", "second as v").distinct(), 0
    while True:
        place = f"file://{folder / f'edges-{rounds}'}"
        _small(_large(was)).write.parquet(place)
        held, rounds = spark.read.schema("u long, v long").parquet(place), rounds + 1
        if held.exceptAll(was).isEmpty() and was.exceptAll(held).isEmpty():
            break
        was = held
    roots = held.selectExpr("u as n", "v as root")
    return roots.unionByName(roots.selectExpr("root as n", "root").distinct()), rounds


def _large(edges: "DataFrame") -> "DataFrame":
    """Each larger number beside one, hung on the least that is beside that or is it."""
    both = edges.unionByName(edges.selectExpr("v as u", "u as v"))
    least = both.groupBy("u").agg({"v": "min"}).withColumnRenamed("min(v)", "m")
    hung = both.where("v > u").join(least, "u").selectExpr("v as u", "least(m, u) as v")
    return hung.where("u <> v").distinct()


def _small(edges: "DataFrame") -> "DataFrame":
    """Each number that is not larger than one beside it, and that itself, hung on the least of them."""
    down = edges.selectExpr("greatest(u, v) as u", "least(u, v) as v")
    least = down.groupBy("u").agg({"v": "min"}).withColumnRenamed("min(v)", "m")
    hung = down.join(least, "u").selectExpr("v as u", "m as v")
    own = least.selectExpr("u", "m as v")
    return hung.unionByName(own).where("u <> v").distinct()
