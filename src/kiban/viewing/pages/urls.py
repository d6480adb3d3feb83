from django.urls import path

from kiban.viewing.pages import views

app_name = "viewing"
urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/file/", views.people_file, name="people-file"),
    path("people/whose/", views.choose_whose, name="whose"),
    path("people/purpose/", views.choose_purpose, name="purpose"),
    path("people/<person:key>/", views.person, name="person"),
    path("people/<person:key>/records/<slug:kind>/", views.person, name="person-kind"),
]
