from django.urls import path

from kiban.home.pages import views

app_name = "home"
urlpatterns = [
    path("", views.today, name="today"),
    path("first-steps/<slug:name>/aside/", views.set_step_aside, name="step-aside"),
]
