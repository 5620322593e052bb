-- Directories: where an organization's people and groups come from, and what came.

CREATE TABLE directories (
  id                 BIGINT           PRIMARY KEY,
  environment_id     BIGINT           NOT NULL REFERENCES environments (id),
  organization_id    BIGINT           NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  name               TEXT COLLATE "C" NOT NULL,
  type               TEXT COLLATE "C" NOT NULL CHECK (type IN ('SCIM', 'LDAP', 'POLL')),
  provider           TEXT COLLATE "C" NOT NULL,
  status             TEXT COLLATE "C" NOT NULL
    CHECK (status IN ('DRAFT', 'IN_PROGRESS', 'COMPLETED')),
  enabled            BIGINT           NOT NULL CHECK (enabled = 0 OR (enabled = 1
                                                      AND status = 'COMPLETED')),
  attribute_mappings TEXT COLLATE "C" NOT NULL,
  tracked_groups     TEXT COLLATE "C" NOT NULL,
  last_synced_at_ms  BIGINT,
  created_at_ms      BIGINT           NOT NULL,
  updated_at_ms      BIGINT           NOT NULL
);
CREATE INDEX directories_by_organization ON directories (organization_id, id);

CREATE TABLE directory_secrets (
  id              BIGINT           PRIMARY KEY,
  environment_id  BIGINT           NOT NULL REFERENCES environments (id),
  directory_id    BIGINT           NOT NULL REFERENCES directories (id) ON DELETE CASCADE,
  hash            BYTEA            NOT NULL UNIQUE,
  suffix          TEXT COLLATE "C" NOT NULL,
  created_at_ms   BIGINT           NOT NULL,
  last_used_at_ms BIGINT
);
CREATE INDEX directory_secrets_by_directory ON directory_secrets (directory_id, id);

-- `external_id` is what the provider calls them; `detail` is a JSON object of what else it says.
CREATE TABLE directory_users (
  id                 BIGINT           PRIMARY KEY,
  environment_id     BIGINT           NOT NULL REFERENCES environments (id),
  directory_id       BIGINT           NOT NULL REFERENCES directories (id) ON DELETE CASCADE,
  external_id        TEXT COLLATE "C" NOT NULL,
  email              TEXT COLLATE "C" NOT NULL,
  preferred_username TEXT COLLATE "C" NOT NULL,
  given_name         TEXT COLLATE "C" NOT NULL,
  family_name        TEXT COLLATE "C" NOT NULL,
  emails             TEXT COLLATE "C" NOT NULL,
  active             BIGINT           NOT NULL,
  detail             TEXT COLLATE "C" NOT NULL,
  created_at_ms      BIGINT           NOT NULL,
  updated_at_ms      BIGINT           NOT NULL,
  UNIQUE (directory_id, external_id)
);
CREATE INDEX directory_users_by_directory ON directory_users (directory_id, id);
CREATE INDEX directory_users_by_change ON directory_users (directory_id, updated_at_ms);

CREATE TABLE directory_groups (
  id             BIGINT           PRIMARY KEY,
  environment_id BIGINT           NOT NULL REFERENCES environments (id),
  directory_id   BIGINT           NOT NULL REFERENCES directories (id) ON DELETE CASCADE,
  external_id    TEXT COLLATE "C" NOT NULL,
  display_name   TEXT COLLATE "C" NOT NULL,
  detail         TEXT COLLATE "C" NOT NULL,
  created_at_ms  BIGINT           NOT NULL,
  updated_at_ms  BIGINT           NOT NULL,
  UNIQUE (directory_id, external_id)
);
CREATE INDEX directory_groups_by_directory ON directory_groups (directory_id, id);
CREATE INDEX directory_groups_by_change ON directory_groups (directory_id, updated_at_ms);

CREATE TABLE directory_group_members (
  group_id       BIGINT NOT NULL REFERENCES directory_groups (id) ON DELETE CASCADE,
  user_id        BIGINT NOT NULL REFERENCES directory_users (id) ON DELETE CASCADE,
  environment_id BIGINT NOT NULL,
  PRIMARY KEY (group_id, user_id)
);
CREATE INDEX directory_group_members_by_user ON directory_group_members (user_id);

-- Which roles the members of a group are to have.
CREATE TABLE directory_role_assignments (
  group_id       BIGINT NOT NULL REFERENCES directory_groups (id) ON DELETE CASCADE,
  role_id        BIGINT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
  environment_id BIGINT NOT NULL,
  position       BIGINT NOT NULL,
  PRIMARY KEY (group_id, role_id)
);
CREATE INDEX directory_role_assignments_by_role ON directory_role_assignments (role_id);
