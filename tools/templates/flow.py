"""Where white space is not seen: every way through a template, forward and backward."""

from tools.templates.stylesheet import Stylesheet
from tools.templates.tree import Gap, Node, Row

# They draw nothing: what stands before one meets what stands after it.
UNSEEN_TAGS = frozenset(("load", "csrf_token", "comment", "extends"))
# Where base.html puts the blocks of a page: right inside a block element; "empty": white space must not enter it.
PAGE_BLOCKS = {"content": "block", "scripts": "block", "heading": "block", "lead": "empty", "aside": "empty"}

BLOCK, TEXT = {"block"}, {"text"}


class Flow:
    """Walks every way through a template, forward and backward, and tells each gap what can stand beside it."""

    def __init__(self, is_page: bool, sheet: Stylesheet):
        self.is_page = is_page
        self.sheet = sheet

    def run(self, top: Row) -> None:
        for forward in (True, False):
            self.row(top, set(BLOCK if self.is_page else TEXT), forward)
        self.settle(top, True)

    def row(self, row: Row, state: set[str], forward: bool) -> set[str]:
        order = range(len(row.nodes)) if forward else range(len(row.nodes) - 1, -1, -1)
        for i in order:
            self.note(row.gaps[i if forward else i + 1], state, forward)
            state = self.node(row.nodes[i], state, forward)
        self.note(row.gaps[-1 if forward else 0], state, forward)
        return state

    @staticmethod
    def note(gap: Gap, state: set[str], forward: bool) -> None:
        (gap.before if forward else gap.after).update(state)

    def node(self, node: Node, state: set[str], forward: bool) -> set[str]:
        if node.kind == "branching":
            return self.branching(node, state, forward)
        if node.kind == "tag":
            is_unseen = node.name in UNSEEN_TAGS or " as " in node.text
            return state if is_unseen else state | TEXT
        if node.is_block or node.name == "br":
            for row in node.rows:
                self.row(row, set(BLOCK), forward)
            return set(BLOCK)
        if node.kind == "output":
            return state | TEXT
        for row in node.rows:
            self.row(row, set(BLOCK) if node.is_box or node.name == "template" else state, forward)
        unseen = node.name == "template" or (node.name == "input" and 'type="hidden"' in node.text)
        return state if unseen else set(TEXT)

    def branching(self, node: Node, state: set[str], forward: bool) -> set[str]:
        if node.name == "block":
            if not self.is_page:
                self.row(node.rows[0], set(state), forward)
                return state | TEXT
            self.row(node.rows[0], set(BLOCK if node.text.split()[2] in PAGE_BLOCKS else TEXT), forward)
            return set(BLOCK)
        if node.name == "with":
            return self.row(node.rows[0], state, forward)
        after = (
            set(state)
            if len(node.rows) == 1 or node.name != "if" or not node.heads[-1].startswith("{% else")
            else set()
        )
        for row in node.rows:
            once = self.row(row, set(state), forward)
            after |= once
            if node.name == "for":
                after |= self.row(row, state | once, forward)
        return after

    def settle(self, row: Row, free: bool) -> None:
        """White space enters what the stylesheet asks ``:empty`` of only where something stands on every way."""
        free = free or any(self.is_certain(node) for node in row.nodes)
        for gap in row.gaps:
            gap.free = free
        for node in row.nodes:
            inner = free
            if node.kind == "element":
                inner = not ({node.name} | node.classes) & self.sheet.stays_empty
            elif node.name == "block" and node.rows:
                inner = free and not (self.is_page and PAGE_BLOCKS.get(node.text.split()[2]) == "empty")
            for child in node.rows:
                self.settle(child, inner)

    def is_certain(self, node: Node) -> bool:
        if node.kind == "branching":
            whole = node.name == "with" or (node.heads and node.heads[-1].startswith("{% else"))
            return bool(whole) and all(any(self.is_certain(n) for n in row.nodes) for row in node.rows)
        return node.kind in ("element", "text") or node.name == "csrf_token"
