"""Where the stories of a family are drawn: the root at the left, each beside what it follows."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from onrecord.records import Family
from onrecord.web.board import Board

MOST = 40
WIDE, HIGH = 220, 44


@dataclass(frozen=True, slots=True)
class Node:
    """A story, or the ghost of one. x, y: of its box, in pixels; id: of the story, None for a ghost; changes: how many values it has otherwise."""

    id: str | None
    outlet: str
    relation: str
    x: int
    y: int
    changes: int = 0


@dataclass(frozen=True, slots=True)
class Drawing:
    """The boxes and the lines between them. left: how many stories are not drawn."""

    nodes: tuple[Node, ...]
    lines: tuple[tuple[int, int, int, int, str], ...]
    width: int
    height: int
    left: int


def drawing(board: Board, family: Family) -> Drawing:
    """A family as a tree."""
    parent: dict[str, str] = {}
    for story in family.stories:
        derivation = board.derivations.get(story)
        if derivation is not None and story != family.root:
            ghost = f"ghost:{derivation.ghost}" if derivation.ghost else None
            parent[story] = derivation.origin or ghost or family.root
    children: defaultdict[str, list[str]] = defaultdict(list)
    held = set(family.stories)
    for story in sorted(family.stories, key=lambda s: (board.place.get(s, 0), s)):
        above = parent.get(story, family.root)
        if story != family.root:
            children[above if above in held or above.startswith("ghost:") else family.root].append(story)
    roots = [family.root, *sorted(one for one in children if one.startswith("ghost:") and one != family.root)]
    placed = list(_walked(roots, children))
    drawn = placed[:MOST]
    at = {name: (depth, n) for n, (name, depth) in enumerate(drawn)}
    nodes = tuple(_node(board, name, depth * WIDE, n * HIGH) for n, (name, depth) in enumerate(drawn))
    lines = []
    for name, (depth, n) in at.items():
        for child in children.get(name, ()):
            if child in at:
                relation = board.derivations[child].relation
                lines.append(
                    (depth * WIDE + 14, n * HIGH + 34, at[child][0] * WIDE, at[child][1] * HIGH + 17, relation)
                )
    deep = max((depth for _, depth in drawn), default=0)
    return Drawing(nodes, tuple(lines), (deep + 1) * WIDE, len(drawn) * HIGH, len(placed) - len(drawn))


def _walked(roots: list[str], children: dict[str, list[str]]) -> Iterator[tuple[str, int]]:
    seen: set[str] = set()
    waiting = [(root, 0) for root in reversed(roots)]
    while waiting:
        name, depth = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        yield name, depth
        waiting += [(child, depth + 1) for child in reversed(children.get(name, ()))]


def _node(board: Board, name: str, x: int, y: int) -> Node:
    if name.startswith("ghost:"):
        return Node(None, name.removeprefix("ghost:"), "not held", x, y)
    derivation = board.derivations.get(name)
    changes = len(board.mutations.get(name, ()))
    return Node(name, board.called(name), derivation.relation if derivation else "original", x, y, changes)
