"""Which addresses the browser visits, as whom; a page that is new must be written down here."""

from dataclasses import dataclass
from types import SimpleNamespace


@dataclass(frozen=True)
class Visit:
    """One page: who opens it, where it is (with the world's landmarks in braces), what it answers."""

    part: str | None
    address: str
    status: int = 200

    def path(self, site: SimpleNamespace) -> str | None:
        """The address in this run's world; None where the world has nothing of the kind."""
        try:
            return self.address.format(**{name: value for name, value in site.landmarks.items() if value})
        except KeyError:
            return None


ADMIN, MINISTRY, STRANGER = "institution_admin", "ministry_officer", "stranger"
VISITS = {
    "account_login": Visit(None, "/accounts/login/"),
    "account_reset_password": Visit(None, "/accounts/password/reset/"),
    "account_reset_password_done": Visit(None, "/accounts/password/reset/done/"),
    "account_logout": Visit(STRANGER, "/accounts/logout/"),
    "account_change_password": Visit(STRANGER, "/accounts/password/change/"),
    "account_inactive": Visit(None, "/accounts/inactive/"),
    "mfa_index": Visit(STRANGER, "/accounts/2fa/"),
    "nowhere": Visit(MINISTRY, "/nowhere/", 404),
    "settings": Visit(MINISTRY, "/settings/"),
    "settings-components": Visit("staff", "/settings/components/"),
    "inbox": Visit(ADMIN, "/inbox/"),
    "inbox of nobody": Visit(STRANGER, "/inbox/"),
    "search": Visit(ADMIN, "/search/?q=maktab"),
    "people": Visit(ADMIN, "/people/"),
    "tokens": Visit(ADMIN, "/settings/tokens/"),
    "institution-list": Visit(MINISTRY, "/institutions/"),
    "institution-register": Visit(ADMIN, "/institutions/register/"),
    "institution-detail": Visit(ADMIN, "/institutions/{institution}/"),
    "dashboard": Visit(MINISTRY, "/dashboard/"),
    "territory-dashboard": Visit(MINISTRY, "/dashboard/{region}/"),
    "dashboard of a district": Visit(MINISTRY, "/dashboard/{district}/"),
    "indicator-list": Visit(MINISTRY, "/indicators/"),
    "indicator-detail": Visit(MINISTRY, "/indicators/COV.01/"),
    "indicator-rows": Visit(MINISTRY, "/indicators/COV.01/rows/"),
    "agreement-list": Visit(ADMIN, "/agreements/"),
    "agreement-list of all": Visit(MINISTRY, "/agreements/?view=all"),
    "agreement-new": Visit(ADMIN, "/agreements/new/"),
    "agreement-detail": Visit(ADMIN, "/agreements/{agreement_waiting}/"),
    "agreement-detail in force": Visit(ADMIN, "/agreements/{agreement_in_force}/"),
    "agreement-sign": Visit(ADMIN, "/agreements/{agreement_waiting}/sign/"),
    "agreement-decline": Visit(ADMIN, "/agreements/{agreement_waiting}/decline/"),
    "agreement-edit": Visit(ADMIN, "/agreements/{agreement_draft}/edit/"),
    "agreement-step": Visit(ADMIN, "/agreements/{agreement_draft}/edit/parties/"),
    "agreement-step subject": Visit(ADMIN, "/agreements/{agreement_draft}/edit/subject/"),
    "agreement-step dates": Visit(ADMIN, "/agreements/{agreement_draft}/edit/dates/"),
    "agreement-step terms": Visit(ADMIN, "/agreements/{agreement_draft}/edit/terms/"),
    "agreement-step document": Visit(ADMIN, "/agreements/{agreement_draft}/edit/document/"),
    "agreement-check": Visit(ADMIN, "/agreements/{agreement_draft}/check/"),
    "agreement-erase": Visit(ADMIN, "/agreements/{agreement_draft}/erase/"),
    "agreement-change": Visit(ADMIN, "/agreements/{agreement_waiting}/change/"),
    "agreement-revision": Visit(ADMIN, "/agreements/{agreement_waiting}/revisions/1/"),
    "activity-list": Visit(ADMIN, "/activities/"),
    "activity-list of all": Visit(MINISTRY, "/activities/?view=all"),
    "activity-new": Visit("teacher", "/activities/new/"),
    "activity-mine": Visit("teacher", "/activities/mine/"),
    "activity-detail": Visit(ADMIN, "/activities/{activity_waiting}/"),
    "activity-dispute": Visit(ADMIN, "/activities/{activity_waiting}/dispute/"),
    "activity-refuse": Visit(ADMIN, "/activities/{activity_waiting}/refuse/"),
    "activity-correct": Visit("teacher", "/activities/{activity_own}/correct/"),
    "activity-withdraw": Visit("teacher", "/activities/{activity_own}/withdraw/"),
    "activity-links": Visit("teacher", "/activities/{activity_own}/links/"),
    "audit": Visit(MINISTRY, "/activities/audit/"),
    "audit of patterns": Visit(MINISTRY, "/activities/audit/?view=patterns"),
    "project-list": Visit(ADMIN, "/projects/"),
    "project-list of all": Visit(MINISTRY, "/projects/?view=all"),
    "project-new": Visit(ADMIN, "/projects/new/"),
    "project-detail": Visit(ADMIN, "/projects/{project_running}/"),
    "project-detail to answer": Visit(ADMIN, "/projects/{project_waiting}/"),
    "project-edit": Visit(ADMIN, "/projects/{project_draft}/edit/"),
    "project-decline": Visit(ADMIN, "/projects/{project_waiting}/decline/"),
    "project-pause": Visit(ADMIN, "/projects/{project_running}/pause/"),
    "project-stop": Visit(ADMIN, "/projects/{project_running}/stop/"),
    "project-drop": Visit(ADMIN, "/projects/{project_running}/outputs/1/drop/"),
    "project-ask-stop": Visit("partner_admin", "/projects/{project_running}/ask-stop/"),
    "programme-list": Visit(ADMIN, "/programmes/"),
    "programme-list of all": Visit(MINISTRY, "/programmes/?view=all"),
    "programme-new": Visit(ADMIN, "/programmes/new/"),
    "programme-detail": Visit(ADMIN, "/programmes/{programme_approved}/"),
    "programme-detail to answer": Visit(ADMIN, "/programmes/{programme_waiting}/"),
    "programme-edit": Visit(ADMIN, "/programmes/{programme_in_work}/edit/"),
    "programme-decline": Visit(ADMIN, "/programmes/{programme_waiting}/decline/"),
    "programme-retire": Visit(ADMIN, "/programmes/{programme_approved}/retire/"),
    "adoption-list": Visit(MINISTRY, "/adoptions/?view=all"),
    "adoption-detail": Visit(ADMIN, "/adoptions/{adoption}/"),
    "adoption-drop": Visit(ADMIN, "/adoptions/{adoption}/drop/"),
    "adoption-report": Visit("other_admin", "/adoptions/programme_version/{programme_version}/report/"),
    "verify": Visit(None, "/verify/"),
    "verify-number": Visit(None, "/verify/{number}/"),
    "verify-number of nothing": Visit(None, "/verify/SH-1999-99999/", 404),
    "import-list": Visit(MINISTRY, "/imports/"),
    "file-list": Visit(MINISTRY, "/files/"),
    "notice-list": Visit(ADMIN, "/notices/"),
    "notice-list of nobody": Visit(STRANGER, "/notices/"),
    "notice-settings": Visit(ADMIN, "/settings/notices/"),
    "telegram": Visit(ADMIN, "/settings/telegram/"),
}
# Redirects, fragments, files, pages behind a letter's secret or a form, and what a package offers unlinked.
ELSEWHERE = (
    *("home", "account_", "mfa_", "dashboard-go", "dashboard-file", "indicator-file", "institution-options"),
    *("place-options", "agreement-save", "agreement-withdraw", "agreement-redraft", "verify-hash", "institution-move"),
    *("link-withdraw", "audit-note"),
    *("activity-confirm", "activity-lift", "activity-photo", "activity-portfolio"),
    *("invitation", "appoint", "relieve", "membership-end", "token-revoke", "file-download", "job-cancel"),
    *("project-propose", "project-accept", "project-complete", "project-confirm", "project-resume", "project-stage"),
    *("project-deliver", "project-activity"),
    *("programme-start", "programme-accept", "programme-confirm", "programme-approve", "programme-revise"),
    *("programme-revert", "adoption-confirm", "adoption-sustain"),
    *("import-apply", "import-detail", "import-template", "notices-read", "notice-read"),
)
