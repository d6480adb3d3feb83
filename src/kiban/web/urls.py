from django.urls import path

from kiban.web import size, views

app_name = "web"
urlpatterns = [
    path("health/", views.health, name="health"),
    path("size/", size.choose, name="size"),
]
