"""A template as a tree: elements, Django's tags, text, and the gaps between them."""

import re
from dataclasses import dataclass, field

from tools.templates.stylesheet import Stylesheet

BLOCKS = frozenset(
    """
    html head body title meta link script base header footer main nav section article aside div p h1 h2 h3 h4 h5
    h6 ul ol li dl dt dd table caption colgroup col thead tbody tfoot tr th td form fieldset legend details
    summary figure figcaption blockquote pre hr option optgroup svg:path svg:rect svg:circle svg:line svg:g
    svg:text
    """.split()  # noqa: SIM905 - one word a line would be a page
)
VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
AS_IT_STANDS = frozenset(("pre", "textarea", "title", "option", "script", "style", "text"))
BLOCK_OUTPUT = re.compile(r"\{\{ *(form|\w+(\.\w+)*\.as_field_group) *\}\}")

_DJANGO = r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}"
_INSIDE = rf"""(?:{_DJANGO}|"(?:{_DJANGO}|[^"])*"|'(?:{_DJANGO}|[^'])*'|[^>"'])*"""
_NAME = r"[a-zA-Z][\w-]*"
TOKEN = re.compile(rf"({_DJANGO}|<!--.*?-->|<![a-zA-Z][^>]*>|</?{_NAME}{_INSIDE}>)", re.DOTALL)
ATTRIBUTES = re.compile(rf"""(?:{_DJANGO}|"(?:{_DJANGO}|[^"])*"|'(?:{_DJANGO}|[^'])*'|[^\s"'])+""", re.DOTALL)


class TemplateError(Exception):
    """The template cannot be laid out: an element or a tag is not closed."""


@dataclass
class Gap:
    """A place between two pieces."""

    blank: bool = False  # white space stands here
    empty_line: bool = False
    free: bool = True  # False: the element must be able to stay empty
    before: set[str] = field(default_factory=set)  # "block" or "text", what can stand before it when rendered
    after: set[str] = field(default_factory=set)
    is_break: bool = False

    @property
    def unseen(self) -> bool:
        """White space may come and go here."""
        return self.free and (self.before == {"block"} or self.after == {"block"})

    @property
    def breakable(self) -> bool:
        return self.blank or self.unseen

    @property
    def flat(self) -> str:
        return " " if self.blank and not self.unseen else ""


@dataclass
class Row:
    """Nodes in order; ``gaps[i]`` stands before ``nodes[i]``, the last one at the end."""

    nodes: list["Node"] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=lambda: [Gap()])

    def add(self, node: "Node") -> None:
        self.nodes.append(node)
        self.gaps.append(Gap())


@dataclass
class Node:
    """``kind``: text, output, tag (Django, without an end), element, branching (Django, with an end), loose."""

    kind: str
    text: str
    name: str = ""
    rows: list[Row] = field(default_factory=list)  # of an element one; of a branching one a branch
    heads: list[str] = field(default_factory=list)  # {% elif %}, {% else %}, {% empty %}
    inner: str = ""  # of an element that is left as it stands
    end: str = ""
    classes: frozenset[str] = frozenset()
    is_block: bool = False
    is_box: bool = False
    is_raw: bool = False
    step: int = 0  # of a loose tag: 1 opens, -1 closes


def words_of(tag: str) -> str:
    """One blank between attributes, each attribute as it stands."""
    inner = tag.rstrip("/>").lstrip("<")
    close = "/>" if tag.endswith("/>") else ">"
    return "<" + " ".join(ATTRIBUTES.findall(inner)) + (" " if close == "/>" else "") + close


class Parser:
    """Text into a row of nodes.

    Tags that do not nest, as of a form opened in one ``{% if %}`` and closed in another, become loose nodes.
    """

    def __init__(self, source: str, sheet: Stylesheet):
        self.sheet = sheet
        self.tokens = [t for t in TOKEN.split(source) if t]
        self.ended = set(re.findall(r"\{% *end(\w+)", source))
        self.top = Row()
        self.open: list[Node] = []

    @property
    def row(self) -> Row:
        return self.open[-1].rows[-1] if self.open else self.top

    def parse(self) -> Row:
        position = 0
        while position < len(self.tokens):
            token = self.tokens[position]
            position += 1
            if token.startswith("{%"):
                name = token[2:].split()[0]
                if name in ("comment", "joined", "spaceless", "verbatim"):
                    position, token = self.until(position, token, rf"\{{% *end{name}")
                    self.row.add(Node("tag", token, name))
                else:
                    self.django(token, name)
            elif token.startswith("{{"):
                self.row.add(Node("output", token, is_block=bool(BLOCK_OUTPUT.fullmatch(token))))
            elif re.match(rf"</{_NAME}", token):
                self.close(token)
            elif re.match(rf"<{_NAME}", token):
                node = self.element(words_of(token))
                if node.is_raw and not token.endswith("/>"):
                    position, rest = self.until(position, "", rf"</{node.name}\b")
                    node.end = f"</{node.name}>"
                    node.inner = rest[: rest.rindex("</")]
                    self.row.add(node)
                elif node.name in VOID or token.endswith("/>"):
                    self.row.add(node)
                else:
                    node.rows = [Row()]
                    self.open.append(node)
            else:
                self.words(token)
        while self.open:
            self.loosen()
        return self.top

    def until(self, position: int, token: str, end: str) -> tuple[int, str]:
        while position < len(self.tokens):
            token += self.tokens[position]
            position += 1
            if re.match(end, self.tokens[position - 1]):
                return position, token
        raise TemplateError(f"not closed: {token[:40]}")

    def words(self, token: str) -> None:
        row, core = self.row, token.strip()
        if not core or token[0].isspace():
            row.gaps[-1].blank = True
            lead = token if not core else token[: len(token) - len(token.lstrip())]
            row.gaps[-1].empty_line = lead.count("\n") > 1
        if core:
            row.add(Node("text", token if token.startswith(("<!", "{#")) else re.sub(r"\s+", " ", core)))
            if token[-1].isspace():
                row.gaps[-1].blank = True
                row.gaps[-1].empty_line = token[len(token.rstrip()) :].count("\n") > 1

    def element(self, token: str) -> Node:
        name = re.findall(_NAME, token)[0].lower()
        plain = re.sub(_DJANGO, " ", token)
        found = re.search(r"""\bclass=(["'])(.*?)\1""", plain)
        classes = frozenset(f".{c}" for c in found.group(2).split()) if found else frozenset()
        parent = next((n for n in reversed(self.open) if n.kind == "element"), None)
        in_box = parent is not None and parent.is_box and name != "br"
        is_block = name in BLOCKS or f"svg:{name}" in BLOCKS or in_box or bool(classes & self.sheet.blocks)
        is_raw = name in AS_IT_STANDS or bool(classes & self.sheet.preserving)
        return Node(
            "element", token, name, classes=classes, is_block=is_block, is_raw=is_raw,
            is_box=bool(classes & self.sheet.boxes) or name in ("svg", "select"),
        )  # fmt: skip

    def django(self, token: str, name: str) -> None:
        if name.startswith("end"):
            while self.open and not (self.open[-1].kind == "branching" and self.open[-1].name == name[3:]):
                self.loosen()
            if not self.open:
                raise TemplateError(f"{token} without a beginning")
            node = self.open.pop()
            node.end = token
            self.row.add(node)
        elif name in ("else", "elif", "empty"):
            while self.open and self.open[-1].kind != "branching":
                self.loosen()
            if not self.open:
                raise TemplateError(f"{token} without a beginning")
            self.open[-1].heads.append(token)
            self.open[-1].rows.append(Row())
        elif name in self.ended:
            self.open.append(Node("branching", token, name, rows=[Row()]))
        else:
            self.row.add(Node("tag", token, name))

    def close(self, token: str) -> None:
        name = re.findall(_NAME, token)[0].lower()
        if self.open and self.open[-1].kind == "element" and self.open[-1].name == name:
            node = self.open.pop()
            node.end = f"</{name}>"
            self.row.add(node)
        else:
            self.row.add(Node("loose", f"</{name}>", name, is_block=name in BLOCKS, step=-1))

    def loosen(self) -> None:
        """The innermost open element does not end where it began: its children become its parent's."""
        node = self.open.pop()
        if node.kind == "branching":
            raise TemplateError(f"{node.text} is not closed")
        row, inner = self.row, node.rows[0]
        row.add(Node("loose", node.text, node.name, is_block=node.is_block, step=1))
        row.gaps[-1:] = inner.gaps
        row.nodes += inner.nodes
