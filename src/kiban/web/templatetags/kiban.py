"""Filters and tags that every template has without loading them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.template import defaulttags
from django.template.loader import get_template
from django.urls import get_urlconf, reverse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from kiban.terms import partial_days
from kiban.terms import wareki as eras
from kiban.terms.care_levels import CARE_LEVELS
from kiban.terms.partial_days import Day, PartialDay, in_words

register = template.Library()

ENDS_SOON = 60  # days: renewal may be applied for from 60 days before the end
BAR_WIDTH = 120
FIELD_LINE = """
      <div>
        <dt>{}</dt>
        <dd class="kb-text">{}</dd>
      </div>
    """


def _day(value: date) -> date:
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


@register.filter
def wareki(value: Day | None) -> str:
    """令和8年11月23日; of a day known in part what is known of it."""
    if isinstance(value, PartialDay):
        return in_words(value)
    return eras.to_wareki(_day(value)) if value else ""


@register.filter
def wareki_month(value: date | None) -> str:
    """令和8年11月."""
    return eras.to_wareki_month(_day(value).year, _day(value).month) if value else ""


@register.filter
def wareki_month_full(value: date | None) -> str:
    """令和8年11月(2026年)."""
    return eras.to_wareki_month_full(_day(value).year, _day(value).month) if value else ""


@register.filter
def wareki_full(value: Day | None) -> str:
    """令和8年11月23日(2026年); of a day known in part what is known of it."""
    if isinstance(value, PartialDay):
        return in_words(value)
    return eras.to_wareki_full(_day(value)) if value else ""


@register.filter
def wareki_time(value: datetime | None) -> str:
    """令和8年11月23日 10:14, in Japanese time."""
    return f"{eras.to_wareki(_day(value))} {timezone.localtime(value):%H:%M}" if value else ""


@register.filter
def until(value: datetime | None) -> str:
    """The end of a time whose upper bound is no longer in it: 令和8年11月23日の終わり, or with hour and minute."""
    if value is None:
        return ""
    moment = timezone.localtime(value)
    if (moment.hour, moment.minute) == (0, 0):
        return f"{eras.to_wareki(moment.date() - timedelta(days=1))}の終わり"
    return wareki_time(value)


@register.filter
def age(birth: Day | None, on: date | None = None) -> str:
    """「86歳」: completed years today, or on the day given; 「年齢不詳」; nothing when the birth lies after it."""
    if birth is None:
        return ""
    if years := partial_days.age(birth, on or timezone.localdate()):
        return f"{years}歳"
    return "年齢不詳" if birth == partial_days.UNKNOWN else ""


@register.filter
def last_day(value: date | None) -> date | None:
    """The last day of a period whose upper bound is the first day without (as the database keeps it)."""
    return value - timedelta(days=1) if value else None


@register.filter
def mask_number(value: str | None) -> str:
    """·····1234: the last four characters tell people apart, the rest is nobody's business."""
    return f"·····{value[-4:]}" if value else ""


@register.filter
def care_level(code: str | None) -> str:
    """23 → 要介護3. A code not in the list is shown as it is, so that nobody takes it for a level."""
    if not code:
        return ""
    return CARE_LEVELS.get(code, f"不明な区分({code})")


@register.filter
def nbsp_name(name: str | None) -> SafeString | str:
    """A name that keeps together: it breaks only when the line is too short for it."""
    if not name:
        return ""
    return format_html('<span class="kb-name">{}</span>', name.replace(" ", "\u00a0").replace("\u3000", "\u00a0"))


@register.simple_tag
def printed_at() -> str:
    """出力日時, for the printed footer."""
    return wareki_time(timezone.now())


@register.simple_tag
def validity_bar(start: date | None, end: date | None, today: date | None = None) -> SafeString | str:
    """A thin bar from the first to the last valid day (both inclusive) with today marked, and the same in words.

    ``end`` None means without an end known; nothing is drawn without a start.
    """
    if start is None:
        return ""
    today = today or timezone.localdate()
    period = f"{eras.to_wareki(start)}から{eras.to_wareki(end) + 'まで' if end else ''}"
    if today < start:
        state, words = "before", f"あと{(start - today).days}日で始まります"
    elif end is None:
        state, words = "open", "終わりの日の定めなし"
    elif today > end:
        state, words = "over", f"{(today - end).days}日前に切れました"
    else:
        left = (end - today).days
        state, words = ("soon" if left <= ENDS_SOON else "now"), (f"あと{left}日" if left else "今日まで")
    gone = _share(start, end, today) * BAR_WIDTH
    return format_html(
        '<svg class="kb-bar kb-bar--{}" viewBox="0 0 {} 16" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="kb-bar__left" x="0" y="5" width="{}" height="6"/>'
        '<rect class="kb-bar__gone" x="0" y="5" width="{}" height="6"/>'
        '<rect class="kb-bar__whole" x="0.5" y="4.5" width="{}" height="7" fill-opacity="0"/>'
        '<rect class="kb-bar__today" x="{}" y="0" width="3" height="16"/></svg>',
        state,
        BAR_WIDTH,
        f"{period}。{words}",
        BAR_WIDTH,
        f"{gone:.1f}",
        BAR_WIDTH - 1,
        f"{min(max(gone - 1.5, 0), BAR_WIDTH - 3):.1f}",
    )


def _share(start: date, end: date | None, today: date) -> float:
    """How much of the period is over, 0 to 1; a tenth where no end is known."""
    if end is None:
        return 0.1 if today >= start else 0.0
    return min(max((today - start).days / max((end - start).days + 1, 1), 0.0), 1.0)


@register.inclusion_tag("web/pagination.html", takes_context=True)
def pagination(context: dict[str, Any], page: Page[Any], **further: object) -> dict[str, Any]:
    """Links to the pages of a list, keeping whatever else stands in the address; ``further`` is put into it."""
    query = context["request"].GET.copy()
    for name, value in further.items():
        query[name] = str(value)

    def address(number: int) -> str:
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    last, here = page.paginator.num_pages, page.number
    near = sorted({1, last, *range(max(here - 1, 1), min(here + 1, last) + 1)})
    links: list[dict[str, Any]] = []
    for before, number in zip([0, *near], near, strict=False):
        if number - before > 1:
            links.append({"gap": True})
        links.append({"number": number, "address": address(number), "current": number == here})
    return {
        "links": links if last > 1 else [],
        "page": page,
        "previous": address(here - 1) if here > 1 else "",
        "next": address(here + 1) if here < last else "",
    }


@register.inclusion_tag("web/forms/error_summary.html")
def error_summary(form: Any) -> dict[str, Any]:
    """What is wrong in a form, at its top, each line a link to its field. ``{{ form }}`` brings its own."""
    return {"form": form, "fields": [field for field in form.visible_fields() if field.errors]}


@register.tag
def joined(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """``{% joined %}`` … ``{% endjoined %}``: one line written on several; a line break in it is nothing.

    Between Japanese characters a line break in HTML is seen as a blank, so a sentence too long for a line stands here.
    """
    nodes = parser.parse(("endjoined",))
    parser.delete_first_token()
    for node in nodes.get_nodes_by_type(template.base.TextNode):
        if isinstance(node, template.base.TextNode):
            node.s = re.sub(r"\s*\n\s*", "", node.s)
    return _Joined(nodes)


class _Joined(template.Node):
    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: template.Context) -> SafeString:
        return self.nodelist.render(context)


@register.tag
def url(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """Django's ``{% url %}``; an address without a person or a number in it is made once in a process.

    The frame of every page has half a dozen of these, and making one costs as much as twenty other tags.
    """
    node = defaulttags.url(parser, token)
    return node if node.args or node.kwargs or node.asvar else _Address(node.view_name, [], {}, None)


class _Address(defaulttags.URLNode):
    def render(self, context: template.Context) -> str:
        match = getattr(context.get("request"), "resolver_match", None)
        namespace = match.namespace if match else None
        return _address(self.view_name.resolve(context), namespace, get_urlconf() or settings.ROOT_URLCONF)


@cache
def _address(view_name: str, namespace: str | None, urlconf: str) -> str:
    return conditional_escape(reverse(view_name, urlconf, current_app=namespace))


@register.simple_tag
def field_lines(lines: Iterable[Any]) -> SafeString:
    """The lines of a record inside a ``<dl>``: what a loop with ``label`` and ``value`` would write, in one go.

    A record's page is mostly these lines, and a loop of the template costs several times what it writes.
    """
    return SafeString("".join([FIELD_LINE.format(_escaped(line.label), _escaped(line.value)) for line in lines]))


def _escaped(value: Any) -> str:
    return html.escape(value) if type(value) is str else conditional_escape(value)


@register.simple_tag(takes_context=True)
def page_help(context: template.Context) -> SafeString | str:
    """What can be done on this page and what for: the room's ``help/<room>/<name>.html``, folded."""
    match = getattr(context.get("request"), "resolver_match", None)
    text = _help_text(match.view_name) if match else ""
    if not text:
        return ""
    return format_html(
        '<details class="kb-help kb-no-print"><summary>この画面の使い方</summary><div>{}</div></details>', text
    )


@cache
def _help_text(view_name: str) -> SafeString | str:
    """Plain paragraphs without variables; nothing where a page has none (what is posted to, what is downloaded)."""
    try:
        return get_template(f"help/{view_name.replace(':', '/')}.html").render()
    except template.TemplateDoesNotExist:
        return ""
