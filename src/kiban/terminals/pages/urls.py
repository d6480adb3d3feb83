from django.urls import path

from kiban.terminals.pages import check, lifecycle, pending, scenes, set_up, views

app_name = "terminals"
urlpatterns = [
    path("terminals/", views.board, name="board"),
    path("terminals/file/", views.board_file, name="board-file"),
    path("terminals/add/", views.add, name="add"),
    path("terminals/download/", views.download, name="download"),
    path("terminals/issued/", pending.issued, name="issued"),
    path("terminals/renew/", lifecycle.renew, name="renew"),
    path("terminals/scenes/", scenes.scene_list, name="scenes"),
    path("terminals/scenes/add/", scenes.add, name="add-scene"),
    path("terminals/scenes/<int:pk>/", scenes.scene, name="scene"),
    path("terminals/scenes/<int:pk>/end/", scenes.end, name="end-scene"),
    path("terminals/<int:pk>/", views.terminal, name="terminal"),
    path("terminals/<int:pk>/change/", views.change, name="change"),
    path("terminals/<int:pk>/issue/", views.issue, name="issue"),
    path("terminals/<int:pk>/request/", lifecycle.sign_request, name="request"),
    path("terminals/<int:pk>/lost/", lifecycle.lost, name="lost"),
    path("terminals/<int:pk>/lost/report/", lifecycle.loss_report, name="loss-report"),
    path("terminals/<int:pk>/retire/", lifecycle.retire, name="retire"),
    path("terminals/<int:pk>/set-up/", set_up.set_up, name="set-up"),
    path("terminals/<int:pk>/set-up/<slug:step>/", set_up.step, name="set-up-step"),
    path("terminals/<int:pk>/sheet/", set_up.sheet, name="sheet"),
    path("terminals/certificates/<int:pk>/revoke/", views.revoke, name="revoke"),
    path("check/", check.check, name="check"),
    path("crl/terminals.crl", lifecycle.crl, name="crl"),
]
