"""The layout of templates: where a line may break, and that no blank comes or goes where a reader would see it."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Template
from tools.templates import Stylesheet, TemplateError, lay_out, too_long
from tools.templates.__main__ import main

SHEET = Stylesheet.read(
    """
    .row { display: flex; }
    .mark { display: inline-flex; }
    .as-typed { white-space: pre-line; }
    td[data-label]:empty { display: none; }
    @media print { .only-in-print { display: flex; } }
    """
)
LONG = "介護の情報を見ることについて説明を受けました。" * 4


def laid(source: str) -> str:
    text = lay_out(source, SHEET)
    assert lay_out(text, SHEET) == text  # laid out twice is laid out once
    return text


def test_each_element_stands_on_its_own_line():
    assert laid('<ul><li>一</li><li><a href="/">二</a></li></ul>\n') == (
        '<ul>\n  <li>一</li>\n  <li><a href="/">二</a></li>\n</ul>\n'
    )


def test_a_branch_around_one_element_keeps_its_line():
    assert laid("<div>{% if a %}<p>一</p>{% endif %}{% if b %}<p>一</p><p>二</p>{% endif %}</div>\n") == (
        "<div>\n  {% if a %}<p>一</p>{% endif %}\n  {% if b %}\n    <p>一</p>\n    <p>二</p>\n  {% endif %}\n</div>\n"
    )


def shown(template: str, **context: Any) -> str:
    """As a browser shows it: white space is one blank, none at the edges of the paragraph."""
    text = re.sub(r"\s+", " ", Template(template).render(Context(context)))
    return re.sub(r"(?<=<p>) | (?=</p>)|(?<=<br>) ", "", text)


@pytest.mark.parametrize("a", [True, False])
@pytest.mark.parametrize(
    "sentence",
    [
        f"{LONG}<b>強</b>{LONG}",
        f"{{% if a %}}{LONG}{{% else %}}{LONG}{LONG}{{% endif %}}{LONG}",
        f"{LONG}{{{{ name }}}}さんの<b>{LONG}</b>です",
        f"{LONG}{{% for one in names %}}{{{{ one }}}}{{% if not forloop.last %}}、{{% endif %}}{{% endfor %}}{LONG}",
        f"{LONG}<br>{{% if a %}}{LONG}{{% endif %}}{LONG}",
    ],
)
def test_no_blank_comes_into_a_sentence(sentence, a):
    text = laid(f"<p>{sentence}</p>\n")
    context = {"a": a, "name": "青葉", "names": ["一", "二"]}
    assert text.startswith("<p>\n")
    assert shown(text, **context) == shown(f"<p>{sentence}</p>\n", **context)


def test_a_blank_between_words_stays():
    assert laid("<p><b>一</b>\n<b>二</b></p>\n") == "<p><b>一</b> <b>二</b></p>\n"


def test_a_tag_too_long_breaks_between_attributes():
    text = laid(f'<p>前<a class="kb-button kb-button--second" href="{{% url "a:b" c %}}">{LONG[:50]}</a>後</p>\n')
    assert 'second"\n' in text and "<p>前" not in text and not too_long(text)
    assert "前<a" in text and "</a>後" in text


def test_items_of_a_flex_box_are_blocks_and_only_outside_of_media():
    assert laid('<p class="row"><a>一</a><a>二</a></p>\n') == ('<p class="row">\n  <a>一</a>\n  <a>二</a>\n</p>\n')
    assert "\n" not in laid('<p class="only-in-print"><a>一</a><a>二</a></p>\n').rstrip("\n")


def test_around_an_inline_flex_box_white_space_is_seen():
    text = laid(f'<p>{LONG}<span class="mark">{LONG}</span>{LONG}</p>\n')
    assert "。<span" in text and "</span>介" in text


def test_what_the_stylesheet_asks_empty_of_stays_empty():
    row = laid('<tr><td data-label="理由">{% if a %}<p>一</p><p>二</p>{% endif %}</td></tr>\n')
    assert '<td data-label="理由">{% if a %}\n' in row and "{% endif %}</td>" in row


def test_as_it_stands_what_preserves_white_space():
    source = '<div>\n  <p class="as-typed">一\n 二</p>\n  <textarea>\n 一  二\n</textarea>\n</div>\n'
    assert laid(source) == source


def test_joined_lines_move_in_and_keep_their_words():
    assert laid("<div><p>{% joined %}\n一、\n      二\n{% endjoined %}</p></div>\n") == (
        "<div>\n  <p>\n    {% joined %}\n      一、\n      二\n    {% endjoined %}\n  </p>\n</div>\n"
    )


def test_what_is_included_in_a_sentence_gets_no_line_break():
    assert (
        laid("<span>{{ a }}</span>{% if b %}<i>一</i>{% endif %}")
        == "<span>{{ a }}</span>{% if b %}<i>一</i>{% endif %}"
    )


def test_a_form_opened_in_one_branch_and_closed_in_another():
    source = "<div>{% if a %}<form>{% endif %}<p>一</p><p>二</p>{% if a %}</form>{% endif %}</div>\n"
    text = laid(source)
    assert "".join(line.strip() for line in text.split("\n")) == source.rstrip("\n")
    assert text.rstrip("\n").split("\n")[-1] == "</div>"


@pytest.mark.parametrize("source", ["{% if a %}<p>一</p>{% if b %}{% endif %}", "<p>{% endif %}</p>", "<textarea>一"])
def test_a_template_that_is_not_closed_is_refused(source):
    with pytest.raises(TemplateError):
        lay_out(source, SHEET)


def test_check_changes_nothing_and_says_what_to_do(tmp_path: Path, capsys):
    page, css = tmp_path / "page.html", tmp_path / "kiban.css"
    page.write_text(f"<div><p>一</p><p>{LONG}{LONG}</p></div>\n")
    css.write_text("")
    before = page.read_text()
    assert main(["--check", "--stylesheet", str(css), str(page)]) == 1
    assert page.read_text() == before
    told = capsys.readouterr().out
    assert "make format" in told and "page.html:4: over 120" in told
    main(["--stylesheet", str(css), str(page)])
    assert page.read_text().startswith("<div>\n  <p>一</p>\n  <p>\n")
