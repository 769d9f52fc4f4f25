"""All pages of administration."""

from __future__ import annotations

from assess.web.admin_accounts import admin_accounts
from assess.web.admin_audit import admin_audit
from assess.web.admin_clusters import admin_clusters
from assess.web.admin_definitions import admin_definitions
from assess.web.admin_glass import admin_glass
from assess.web.admin_home import admin_home
from assess.web.admin_jobs import admin_jobs
from assess.web.admin_previews import admin_previews
from assess.web.admin_programmes import admin_programmes
from assess.web.admin_retention import admin_retention

ADMINISTRATION = (
    admin_home,
    admin_accounts,
    admin_clusters,
    admin_programmes,
    admin_definitions,
    admin_previews,
    admin_jobs,
    admin_audit,
    admin_retention,
    admin_glass,
)
