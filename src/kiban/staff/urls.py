from django.urls import path

from kiban.staff import administration, invitation_views, views

app_name = "staff"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/code/", views.code, name="code"),
    path("sign-in/employment/", views.employment, name="employment"),
    path("sign-in/help/", views.sign_in_help, name="help"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("password/", views.password, name="password"),
    path("invitation/", invitation_views.enter_key, name="invitation-key"),
    path("invitation/<str:key>/", invitation_views.accept, name="invitation"),
    path("staff/invitations/", invitation_views.invitation_list, name="invitations"),
    path("staff/invitations/add/", invitation_views.invite, name="invite"),
    path("staff/invitations/<int:pk>/again/", invitation_views.issue_again, name="issue-again"),
    path("staff/invitations/<int:pk>/withdraw/", invitation_views.withdraw, name="withdraw-invitation"),
    path("staff/", administration.people, name="people"),
    path("staff/add/", administration.add, name="add"),
    path("staff/<int:pk>/", administration.person, name="person"),
    path("staff/<int:pk>/last-day/", administration.last_day, name="last-day"),
    path("staff/<int:pk>/end-now/", administration.end_now, name="end-now"),
    path("staff/<int:pk>/job/", administration.job, name="job"),
    path("staff/<int:pk>/reset-code/", administration.reset_code, name="reset-code"),
    path("staff/<int:pk>/reset-password/", administration.reset_password, name="reset-password"),
]
