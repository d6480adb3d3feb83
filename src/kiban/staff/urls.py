from django.urls import include, path

from kiban.staff import (
    administration,
    corporation_views,
    delegation_views,
    finding_views,
    invitation_views,
    staff_list_views,
)

app_name = "staff"
urlpatterns = [
    path("", include("kiban.staff.sign_in_urls")),
    path("invitation/", invitation_views.enter_key, name="invitation-key"),
    path("invitation/<str:key>/", invitation_views.accept, name="invitation"),
    path("staff/invitations/", invitation_views.invitation_list, name="invitations"),
    path("staff/invitations/add/", invitation_views.invite, name="invite"),
    path("staff/invitations/<int:pk>/again/", invitation_views.issue_again, name="issue-again"),
    path("staff/invitations/<int:pk>/withdraw/", invitation_views.withdraw, name="withdraw-invitation"),
    path("staff/corporation/", corporation_views.corporation, name="corporation"),
    path("staff/corporation/<int:pk>/add/", corporation_views.take_over, name="take-over"),
    path("staff/delegations/", delegation_views.delegation_list, name="delegations"),
    path("staff/delegations/add/", delegation_views.grant, name="delegate"),
    path("staff/delegations/<int:pk>/revoke/", delegation_views.revoke, name="revoke-delegation"),
    path("acting/", delegation_views.acting, name="acting"),
    path("acting/<int:pk>/begin/", delegation_views.begin_acting, name="begin-acting"),
    path("acting/stop/", delegation_views.stop_acting, name="stop-acting"),
    path("staff/findings/", finding_views.findings, name="findings"),
    path("staff/findings/<int:pk>/", finding_views.clear, name="finding"),
    path("staff/lists/", staff_list_views.staff_lists, name="staff-lists"),
    path("staff/lists/sample/", staff_list_views.sample, name="staff-list-sample"),
    path("staff/lists/<int:pk>/", staff_list_views.staff_list_result, name="staff-list"),
    path("staff/lists/<int:pk>/<int:number>/", staff_list_views.settle, name="settle-finding"),
    path("staff/", administration.people, name="people"),
    path("staff/add/", administration.add, name="add"),
    path("staff/<int:pk>/", administration.person, name="person"),
    path("staff/<int:pk>/last-day/", administration.last_day, name="last-day"),
    path("staff/<int:pk>/end-now/", administration.end_now, name="end-now"),
    path("staff/<int:pk>/job/", administration.job, name="job"),
    path("staff/<int:pk>/reset-code/", administration.reset_code, name="reset-code"),
    path("staff/<int:pk>/reset-password/", administration.reset_password, name="reset-password"),
]
