from django.urls import path

from kiban.web import views

app_name = "web"
urlpatterns = [path("health/", views.health, name="health")]
