from django.urls import path

from kiban.viewing.pages import paper_request, views

app_name = "viewing"
urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/file/", views.people_file, name="people-file"),
    path("people/whose/", views.choose_whose, name="whose"),
    path("people/purpose/", views.choose_purpose, name="purpose"),
    path("people/<person:key>/", views.person, name="person"),
    path("people/<person:key>/records/<slug:kind>/", views.person, name="person-kind"),
    path("people/<person:key>/records/<slug:kind>/on-paper/", paper_request.paper_request, name="paper-request"),
]
