from django.urls import path

from kiban.terminals import check_views, lifecycle_views, scene_views, set_up_views, views

app_name = "terminals"
urlpatterns = [
    path("terminals/", views.board, name="board"),
    path("terminals/add/", views.add, name="add"),
    path("terminals/download/", views.download, name="download"),
    path("terminals/renew/", lifecycle_views.renew, name="renew"),
    path("terminals/scenes/", scene_views.scene_list, name="scenes"),
    path("terminals/scenes/add/", scene_views.add, name="add-scene"),
    path("terminals/scenes/<int:pk>/", scene_views.scene, name="scene"),
    path("terminals/scenes/<int:pk>/end/", scene_views.end, name="end-scene"),
    path("terminals/<int:pk>/", views.terminal, name="terminal"),
    path("terminals/<int:pk>/change/", views.change, name="change"),
    path("terminals/<int:pk>/issue/", views.issue, name="issue"),
    path("terminals/<int:pk>/request/", lifecycle_views.sign_request, name="request"),
    path("terminals/<int:pk>/lost/", lifecycle_views.lost, name="lost"),
    path("terminals/<int:pk>/retire/", lifecycle_views.retire, name="retire"),
    path("terminals/<int:pk>/set-up/", set_up_views.set_up, name="set-up"),
    path("terminals/<int:pk>/set-up/<slug:step>/", set_up_views.step, name="set-up-step"),
    path("terminals/<int:pk>/sheet/", set_up_views.sheet, name="sheet"),
    path("terminals/certificates/<int:pk>/revoke/", views.revoke, name="revoke"),
    path("check/", check_views.check, name="check"),
    path("crl/terminals.crl", lifecycle_views.crl, name="crl"),
]
