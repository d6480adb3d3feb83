"""Which places become line breaks."""

from tools.templates.tree import Node, Row
from tools.templates.writer import INDENT, WIDTH

OWN_LINE = frozenset(("block", "comment", "include", "load", "extends", "csrf_token"))


def flat(node: Node) -> str:
    """The node on one line."""
    text = node.text + node.inner
    for i, row in enumerate(node.rows):
        text += (node.heads[i - 1] if i else "") + flat_row(row)
    return text + node.end


def flat_row(row: Row) -> str:
    """The row on one line."""
    return "".join(g.flat + flat(n) for g, n in zip(row.gaps, row.nodes, strict=False)) + row.gaps[-1].flat


def is_blocky(node: Node) -> bool:
    """An element of its own, or something around one."""
    return node.is_block or any(is_blocky(n) for row in node.rows for n in row.nodes)


def fits(node: Node, indent: int) -> bool:
    """Whether the node may stay on one line: short, and at most one element that has a line of its own."""
    text, inner = flat(node), [n for row in node.rows for n in row.nodes]
    is_around_one = node.kind == "branching" and len(inner) == 1
    within = [n for n in inner for row in n.rows for n in row.nodes] if is_around_one else inner
    return indent + len(text) <= WIDTH and "\n" not in text and not any(is_blocky(n) for n in within)


def left_open(node: Node) -> int:
    """How many elements the node opens and does not close (a form begun in one ``{% if %}`` and ended in another)."""
    return node.step + (sum(left_open(n) for n in node.rows[-1].nodes) if node.rows else 0)


def decide(row: Row, indent: int) -> None:
    """Mark the gaps of the row, and of all that is in it, that become line breaks."""
    last = len(row.nodes)
    for i, gap in enumerate(row.gaps):
        beside = row.nodes[max(i - 1, 0) : i + 1]
        has_own_line = any(is_blocky(n) or n.name in OWN_LINE for n in beside)
        gap.is_break = 0 < i < last and gap.breakable and (has_own_line or gap.empty_line)
    for node in row.nodes:
        if any(inner.nodes for inner in node.rows) and not fits(node, indent):
            open_up(node, indent)
        indent += INDENT * left_open(node)


def open_up(node: Node, indent: int) -> None:
    """What the node holds stands on lines of its own; words only where that is possible at both ends."""
    edges = [gap for row in node.rows for gap in (row.gaps[0], row.gaps[-1]) if row.nodes]
    is_whole = all(gap.breakable for gap in edges)
    for row in node.rows:
        decide(row, indent + INDENT)
    for gap in edges:
        gap.is_break = gap.breakable and (is_whole or is_blocky(node))
