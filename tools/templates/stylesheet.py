"""What the stylesheet says about white space."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Stylesheet:
    """Names of classes (``.kb-…``) and elements, by what they do with white space."""

    boxes: frozenset[str]  # flex and grid: white space between their children is not shown
    blocks: frozenset[str]  # a block, whatever the element is
    preserving: frozenset[str]  # white-space: pre…
    stays_empty: frozenset[str]  # asked with :empty, so white space must not enter

    @classmethod
    def read(cls, css: str) -> "Stylesheet":
        """Take the rules outside of ``@media`` apart; only a selector that is one class alone counts."""
        css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
        plain = re.sub(r"@[^{;]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", css)
        rules = [
            ({s.strip() for s in selectors.split(",") if re.fullmatch(r"\.[\w-]+", s.strip())}, body)
            for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", plain)
        ]

        def saying(declaration: str) -> frozenset[str]:
            return frozenset(name for names, body in rules if re.search(declaration, body) for name in names)

        return cls(
            boxes=saying(r"display:\s*(inline-)?(flex|grid)"),
            blocks=saying(r"display:\s*(block|flex|grid)"),
            preserving=saying(r"white-space:\s*(pre|break-spaces)"),
            stays_empty=frozenset(re.findall(r"(\.?[\w-]+)(?:\[[^\]]*\])?:empty", css)),
        )
