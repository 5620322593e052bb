-- Directories: where an organization's people and groups come from, and what came.

CREATE TABLE directories (
  id                 INTEGER PRIMARY KEY,
  environment_id     INTEGER NOT NULL REFERENCES environments (id),
  organization_id    INTEGER NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  name               TEXT    NOT NULL,
  type               TEXT    NOT NULL CHECK (type IN ('SCIM', 'LDAP', 'POLL')),
  provider           TEXT    NOT NULL,
  status             TEXT    NOT NULL CHECK (status IN ('DRAFT', 'IN_PROGRESS', 'COMPLETED')),
  enabled            INTEGER NOT NULL CHECK (enabled = 0 OR (enabled = 1
                                             AND status = 'COMPLETED')),
  attribute_mappings TEXT    NOT NULL,
  tracked_groups     TEXT    NOT NULL,
  last_synced_at_ms  INTEGER,
  created_at_ms      INTEGER NOT NULL,
  updated_at_ms      INTEGER NOT NULL
) STRICT;
CREATE INDEX directories_by_organization ON directories (organization_id, id);

CREATE TABLE directory_secrets (
  id              INTEGER PRIMARY KEY,
  environment_id  INTEGER NOT NULL REFERENCES environments (id),
  directory_id    INTEGER NOT NULL REFERENCES directories (id) ON DELETE CASCADE,
  hash            BLOB    NOT NULL UNIQUE,
  suffix          TEXT    NOT NULL,
  created_at_ms   INTEGER NOT NULL,
  last_used_at_ms INTEGER
) STRICT;
CREATE INDEX directory_secrets_by_directory ON directory_secrets (directory_id, id);

-- `external_id` is what the provider calls them; `detail` is a JSON object of what else it says.
CREATE TABLE directory_users (
  id                 INTEGER PRIMARY KEY,
  environment_id     INTEGER NOT NULL REFERENCES environments (id),
  directory_id       INTEGER NOT NULL REFERENCES directories (id) ON DELETE CASCADE,
  external_id        TEXT    NOT NULL,
  email              TEXT    NOT NULL,
  preferred_username TEXT    NOT NULL,
  given_name         TEXT    NOT NULL,
  family_name        TEXT    NOT NULL,
  emails             TEXT    NOT NULL,
  active             INTEGER NOT NULL,
  detail             TEXT    NOT NULL,
  created_at_ms      INTEGER NOT NULL,
  updated_at_ms      INTEGER NOT NULL,
  UNIQUE (directory_id, external_id)
) STRICT;
CREATE INDEX directory_users_by_directory ON directory_users (directory_id, id);
CREATE INDEX directory_users_by_change ON directory_users (directory_id, updated_at_ms);

CREATE TABLE directory_groups (
  id             INTEGER PRIMARY KEY,
  environment_id INTEGER NOT NULL REFERENCES environments (id),
  directory_id   INTEGER NOT NULL REFERENCES directories (id) ON DELETE CASCADE,
  external_id    TEXT    NOT NULL,
  display_name   TEXT    NOT NULL,
  detail         TEXT    NOT NULL,
  created_at_ms  INTEGER NOT NULL,
  updated_at_ms  INTEGER NOT NULL,
  UNIQUE (directory_id, external_id)
) STRICT;
CREATE INDEX directory_groups_by_directory ON directory_groups (directory_id, id);
CREATE INDEX directory_groups_by_change ON directory_groups (directory_id, updated_at_ms);

CREATE TABLE directory_group_members (
  group_id       INTEGER NOT NULL REFERENCES directory_groups (id) ON DELETE CASCADE,
  user_id        INTEGER NOT NULL REFERENCES directory_users (id) ON DELETE CASCADE,
  environment_id INTEGER NOT NULL,
  PRIMARY KEY (group_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX directory_group_members_by_user ON directory_group_members (user_id);

-- Which roles the members of a group are to have.
CREATE TABLE directory_role_assignments (
  group_id       INTEGER NOT NULL REFERENCES directory_groups (id) ON DELETE CASCADE,
  role_id        INTEGER NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
  environment_id INTEGER NOT NULL,
  position       INTEGER NOT NULL,
  PRIMARY KEY (group_id, role_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX directory_role_assignments_by_role ON directory_role_assignments (role_id);
