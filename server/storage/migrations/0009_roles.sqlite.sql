-- Which role joins with a member, where an organization decides that itself.

CREATE TABLE organization_default_roles (
  organization_id INTEGER PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
  environment_id  INTEGER NOT NULL,
  member_role_id  INTEGER NOT NULL REFERENCES roles (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX organization_default_roles_by_role ON organization_default_roles (member_role_id);
