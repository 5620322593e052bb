-- Which role joins with a member, where an organization decides that itself.

CREATE TABLE organization_default_roles (
  organization_id BIGINT PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
  environment_id  BIGINT NOT NULL,
  member_role_id  BIGINT NOT NULL REFERENCES roles (id) ON DELETE CASCADE
);
CREATE INDEX organization_default_roles_by_role ON organization_default_roles (member_role_id);
