from django.urls import path

from kiban.terminals import views

app_name = "terminals"
urlpatterns = [
    path("terminals/", views.board, name="board"),
    path("terminals/add/", views.add, name="add"),
    path("terminals/download/", views.download, name="download"),
    path("terminals/<int:pk>/", views.terminal, name="terminal"),
    path("terminals/<int:pk>/change/", views.change, name="change"),
    path("terminals/<int:pk>/issue/", views.issue, name="issue"),
    path("terminals/certificates/<int:pk>/revoke/", views.revoke, name="revoke"),
]
