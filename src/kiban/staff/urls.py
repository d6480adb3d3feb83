from django.urls import include, path

from kiban.staff.people.pages import changes, corporation, delegations, invitations, staff, staff_lists
from kiban.staff.review.pages import findings, rights_review

app_name = "staff"
urlpatterns = [
    path("", include("kiban.staff.sign_in.pages.urls")),
    path("invitation/", invitations.enter_key, name="invitation-key"),
    path("invitation/<str:key>/", invitations.accept, name="invitation"),
    path("staff/invitations/", invitations.invitation_list, name="invitations"),
    path("staff/invitations/add/", invitations.invite, name="invite"),
    path("staff/invitations/<int:pk>/again/", invitations.issue_again, name="issue-again"),
    path("staff/invitations/<int:pk>/withdraw/", invitations.withdraw, name="withdraw-invitation"),
    path("staff/corporation/", corporation.corporation, name="corporation"),
    path("staff/corporation/<int:pk>/add/", corporation.take_over, name="take-over"),
    path("staff/delegations/", delegations.delegation_list, name="delegations"),
    path("staff/delegations/add/", delegations.grant, name="delegate"),
    path("staff/delegations/<int:pk>/revoke/", delegations.revoke, name="revoke-delegation"),
    path("acting/", delegations.acting, name="acting"),
    path("acting/<int:pk>/begin/", delegations.begin_acting, name="begin-acting"),
    path("acting/stop/", delegations.stop_acting, name="stop-acting"),
    path("staff/findings/", findings.findings, name="findings"),
    path("staff/findings/<int:pk>/", findings.clear, name="finding"),
    path("staff/lists/", staff_lists.staff_lists, name="staff-lists"),
    path("staff/lists/sample/", staff_lists.sample, name="staff-list-sample"),
    path("staff/lists/<int:pk>/", staff_lists.staff_list_result, name="staff-list"),
    path("staff/lists/<int:pk>/<int:number>/", staff_lists.settle, name="settle-finding"),
    path("staff/rights/", rights_review.review, name="rights-review"),
    path("staff/rights/<int:pk>/", rights_review.past, name="past-rights-review"),
    path("staff/changes/", changes.change_list, name="changes"),
    path("staff/", staff.people, name="people"),
    path("staff/add/", staff.add, name="add"),
    path("staff/<int:pk>/", staff.person, name="person"),
    path("staff/<int:pk>/last-day/", staff.last_day, name="last-day"),
    path("staff/<int:pk>/end-now/", staff.end_now, name="end-now"),
    path("staff/<int:pk>/job/", staff.job, name="job"),
    path("staff/<int:pk>/reset-code/", staff.reset_code, name="reset-code"),
    path("staff/<int:pk>/reset-password/", staff.reset_password, name="reset-password"),
]
