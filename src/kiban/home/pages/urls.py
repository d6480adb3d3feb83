from django.urls import path

from kiban.home.pages import month, views

app_name = "home"
urlpatterns = [
    path("", views.today, name="today"),
    path("calendar/", month.month, name="month"),
    path("calendar/file/", month.month_file, name="month-file"),
    path("first-steps/<slug:name>/aside/", views.set_step_aside, name="step-aside"),
]
