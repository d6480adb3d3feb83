"""What was typed behind a command and cannot be read (``kiban load --nonsense``), said in Japanese.

argparse makes English sentences of it and offers no other way in than the finished sentence. One it has newly is shown
as it is.
"""

from __future__ import annotations

import re

_SENTENCES = [
    (r"argument (?P<what>.+?): (?P<rest>.+)", None),  # the rest is one of the others, or our own words
    (r"unrecognized arguments: (?P<what>.+)", "「{what}」は、ここでは使えません。"),
    (r"the following arguments are required: (?P<what>.+)", "{what} を書いてください。"),
    (r"one of the arguments (?P<what>.+) is required", "{what} のどれか1つを書いてください。"),
    (r"not allowed with argument (?P<what>.+)", "{what} と一緒には使えません。"),
    (r"ignored explicit argument .+", "後ろには何も付けられません。"),
    (r"expected (?:one|at least one|at most one|\d+) arguments?", "後ろに値を書いてください。"),
    (r"ambiguous option: (?P<what>.+) could match (?P<among>.+)", "「{what}」がどれのことか決まりません({among})。"),
    (
        r"invalid choice: (?P<what>.+?)(?:, maybe you meant .+)? \(choose from (?P<among>.+)\)",
        "{what} は選べません。次のどれかです: {among}",
    ),
    (r"invalid int value: (?P<what>.+)", "{what} は数ではありません。数字で書いてください。"),
]


def said(message: str) -> str:
    """The sentence in Japanese.

    Args:
        message: argparse's, without usage and name of the program.
    """
    for pattern, sentence in _SENTENCES:
        if not (found := re.fullmatch(pattern, message, re.DOTALL)):
            continue
        if sentence is None:
            return f"{found['what']}: {said(found['rest'])}"
        return sentence.format(**{name: _plain(text) for name, text in found.groupdict().items()})
    return message


def _plain(text: str) -> str:
    """A list of words or one, without Python's marks."""
    return "、".join(word.strip("'\"") for word in text.split(", "))
