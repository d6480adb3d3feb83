"""場面と端末: the small table the administrator fills first."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kiban.registry.models import Organisation
from kiban.terminals import scenes
from kiban.terminals.board import lacks_of
from kiban.terminals.models import Scene, Terminal
from kiban.terminals.pages.access import get_scene
from kiban.web.access import administrator
from kiban.web.answers import form_page
from kiban.web.request import SignedInRequest


class TerminalChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class SceneForm(forms.Form):
    name = forms.CharField(label="場面", max_length=60, help_text="例: 自宅への訪問")
    place = forms.CharField(label="場所", max_length=60, required=False, help_text="例: 利用者の自宅、相談室")
    job_types = forms.MultipleChoiceField(label="見る職種", widget=forms.CheckboxSelectMultiple, required=False)
    terminal = TerminalChoice(
        label="使う端末", queryset=Terminal.objects.none(), required=False, empty_label="決めていない"
    )

    def __init__(self, *arguments: Any, organisation: Organisation, **options: Any) -> None:
        super().__init__(*arguments, **options)
        jobs, terminal = self.fields["job_types"], self.fields["terminal"]
        if isinstance(jobs, forms.MultipleChoiceField):
            jobs.choices = list(scenes.job_names().items())
        if isinstance(terminal, forms.ModelChoiceField):
            terminal.queryset = organisation.terminals.filter(retired_on=None).order_by("name")


@administrator
@require_safe
def scene_list(request: SignedInRequest) -> HttpResponse:
    """Every scene with its terminal; above them what is lacking."""
    jobs = scenes.job_names()
    in_use = scenes.in_use(request.organisation)
    rows = [(scene, [jobs.get(code, code) for code in scene.job_types]) for scene in in_use]
    names = {scene.name for scene in in_use}
    context = {
        "rows": rows,
        "usual": [name for name in scenes.USUAL if name not in names],
        "lacks": [lack for lack in lacks_of(request.organisation) if lack.route == "terminals:scene"],
    }
    return render(request, "terminals/scenes.html", context)


@administrator
@require_http_methods(["GET", "POST"])
def add(request: SignedInRequest) -> HttpResponse:
    return _entry(request, None)


@administrator
@require_http_methods(["GET", "POST"])
def scene(request: SignedInRequest, pk: int) -> HttpResponse:
    return _entry(request, get_scene(request, pk))


@administrator
@require_POST
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    scene = get_scene(request, pk)
    scenes.end(scene)
    messages.success(request, f"場面「{scene.name}」をやめました。")
    return redirect("terminals:scenes")


def _entry(request: SignedInRequest, scene: Scene | None) -> HttpResponse:
    usual = request.GET.get("name", "")
    initial: dict[str, Any] = {"name": usual if usual in scenes.USUAL else ""}
    if scene is not None:
        initial = {
            "name": scene.name,
            "place": scene.place,
            "job_types": scene.job_types,
            "terminal": scene.terminal_id,
        }
    form = SceneForm(request.POST or None, initial=initial, organisation=request.organisation)
    if form.is_valid():
        scenes.save(request.organisation, scene, **form.cleaned_data)
        messages.success(request, f"場面「{form.cleaned_data['name']}」を登録しました。")
        return redirect("terminals:scenes")
    return form_page(request, "terminals/scene.html", {"form": form, "scene": scene}, form)
