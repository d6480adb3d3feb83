"""The lines, at most 120 characters, each two columns further in than what it is in."""

from tools.templates.tree import ATTRIBUTES, Gap, Node, Row

WIDTH = 120
INDENT = 2

Piece = tuple[str, int | None]  # text, and what a line break before it costs (None: there can be none)


def break_at(pieces: list[Piece], indent: int) -> int | None:
    """Before which piece a line that is too long breaks: the cheapest place that fits, else the first there is."""
    best: int | None = None
    cost_of_best, width, is_empty = 99, indent, True
    for i, (text, cost) in enumerate(pieces):
        if cost is not None and not is_empty:
            if width > WIDTH:
                return i if best is None else best
            here = -1 if pieces[i - 1][0].startswith("<br") else cost
            if here <= cost_of_best:
                best, cost_of_best = i, here
        width += len(text)
        is_empty = is_empty and not text.strip()
    return best


class Writer:
    """Writes a tree whose gaps are decided."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.pieces: list[Piece] = []
        self.indent = 0
        self.depth = 0  # the deeper a place, the dearer a line break there
        self.open: list[tuple[int, bool]] = []  # indent of what is open, and whether it is a loose tag

    def write(self, top: Row) -> str:
        """All of the template, without the line break at its end."""
        self.row(top)
        self.end_line()
        return "\n".join(self.lines)

    def row(self, row: Row) -> None:
        for gap, node in zip(row.gaps, row.nodes, strict=False):
            if node.step < 0:
                self.gap(gap, self.close_loose())
            else:
                self.gap(gap, self.open[-1][0] + INDENT if self.open else 0)
            if node.name == "br":  # a line ends with it
                self.pieces[-1:] = [(text, None) for text, _ in self.pieces[-1:]]
            self.node(node)

    def close_loose(self) -> int:
        for i in range(len(self.open) - 1, -1, -1):
            if self.open[i][1]:
                return self.open.pop(i)[0]
        return 0

    def gap(self, gap: Gap, indent: int) -> None:
        if gap.is_break:
            self.end_line()
            self.lines += [""] * gap.empty_line
            self.indent = indent
        else:
            self.pieces.append((gap.flat, 2 * self.depth if gap.breakable else None))

    def node(self, node: Node) -> None:
        indent = self.indent
        if "\n" in node.text:
            self.several(node.text, node.name == "joined")
        else:
            self.begin(node)
        if node.step > 0:
            self.open.append((indent, True))
        if node.rows:
            self.inside(node, indent)
        if "\n" in node.inner:
            self.several(node.inner, False)
        else:
            self.pieces.append((node.inner, None))
        self.pieces.append((node.end, None))

    def begin(self, node: Node) -> None:
        cost = 2 * self.depth
        if node.kind == "text":
            self.pieces += [(" " * bool(i) + word, cost if i else None) for i, word in enumerate(node.text.split(" "))]
        elif node.kind in ("element", "loose") and node.step >= 0:
            words = ATTRIBUTES.findall(node.text)
            at = [cost + 1 if i and word != "/>" else None for i, word in enumerate(words)]
            self.pieces += [(" " * (i > 0) + word, at[i]) for i, word in enumerate(words)]
        else:
            self.pieces.append((node.text, None))

    def several(self, text: str, is_joined: bool) -> None:
        """What has line breaks of its own keeps them; only what is joined may be moved in."""
        first, *middle, last = text.split("\n")
        self.pieces.append((first, None))
        self.end_line()
        if is_joined:
            self.lines += [" " * (self.indent + INDENT) + line.strip() for line in middle if line.strip()]
        else:
            self.lines += middle
            self.indent = len(last) - len(last.lstrip(" "))
        self.pieces.append((last.lstrip(" "), None))

    def inside(self, node: Node, indent: int) -> None:
        self.open.append((indent, False))
        self.depth += 1
        at_start = list(self.open)
        for i, row in enumerate(node.rows):
            if i:
                self.pieces.append((node.heads[i - 1], None))
                self.open = list(at_start)
            self.row(row)
            self.gap(row.gaps[-1], indent)
        self.depth -= 1
        # What a branch left open stays open behind it; every branch is taken to leave the same.
        place = max((i for i, (_, is_loose) in enumerate(self.open) if not is_loose), default=None)
        if place is not None:
            self.open.pop(place)

    def end_line(self) -> None:
        """Write the pieces gathered as one line, or as several where it is too long."""
        pieces, indent = self.pieces, self.indent
        self.pieces = []
        while pieces:
            text = "".join(p[0] for p in pieces).strip(" ")
            is_long = indent + len(text) > WIDTH
            at = (break_at(pieces, indent) if is_long else None) or len(pieces)
            if text:
                self.lines.append(" " * indent + "".join(p[0] for p in pieces[:at]).strip(" "))
            pieces = pieces[at:]
            indent = self.indent + (2 * INDENT if pieces and (pieces[0][1] or 0) % 2 else 0)
