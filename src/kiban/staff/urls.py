from django.urls import include, path

app_name = "staff"
urlpatterns = [
    path("", include("kiban.staff.sign_in.pages.urls")),
    path("", include("kiban.staff.people.pages.urls")),
    path("", include("kiban.staff.review.pages.urls")),
]
