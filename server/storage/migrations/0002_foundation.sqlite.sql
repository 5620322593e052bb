-- Environments, applications, people, organizations, roles, sessions, sign-in flows, audit.
-- Ids are 64-bit integers, times are milliseconds since the epoch, hashes are 32-byte blobs,
-- flags are 0 or 1, documents are JSON texts. Every table but `environments` carries its
-- environment. In a table without rowid the columns of the key stand first: PRAGMA integrity_check
-- of SQLite 3.40 takes the wrong column for a NOT NULL one that stands before them, and reports
-- damage.

CREATE TABLE configuration_version (
  id      INTEGER PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL
) STRICT;
INSERT INTO configuration_version (id, version) VALUES (1, 1);

CREATE TABLE environments (
  id            INTEGER PRIMARY KEY,
  name          TEXT   NOT NULL UNIQUE,
  kind          TEXT   NOT NULL CHECK (kind IN ('development', 'production')),
  base_url      TEXT   NOT NULL UNIQUE,
  settings      TEXT   NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE applications (
  id                      INTEGER PRIMARY KEY,
  environment_id          INTEGER NOT NULL REFERENCES environments (id),
  client_id               TEXT   NOT NULL,
  type                    TEXT   NOT NULL CHECK (type IN ('ENV', 'WEB_APP', 'SPA', 'NTV', 'M2M')),
  name                    TEXT   NOT NULL,
  signing_algorithm       TEXT   NOT NULL CHECK (signing_algorithm IN ('RS256', 'ES256', 'EdDSA')),
  enforce_pkce            INTEGER NOT NULL,
  allow_api_access        INTEGER NOT NULL,
  initiate_login_uri      TEXT,
  access_token_lifetime_s INTEGER,
  scopes                  TEXT   NOT NULL,
  audience                TEXT   NOT NULL,
  created_at_ms           INTEGER NOT NULL,
  updated_at_ms           INTEGER NOT NULL,
  UNIQUE (environment_id, client_id)
) STRICT;
CREATE UNIQUE INDEX applications_default ON applications (environment_id) WHERE type = 'ENV';

CREATE TABLE application_redirects (
  application_id INTEGER NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
  kind           TEXT   NOT NULL CHECK (kind IN ('callback', 'post_logout', 'back_channel_logout')),
  uri            TEXT   NOT NULL,
  environment_id INTEGER NOT NULL,
  created_at_ms  INTEGER NOT NULL,
  PRIMARY KEY (application_id, kind, uri)
) STRICT, WITHOUT ROWID;

CREATE TABLE application_secrets (
  id              INTEGER PRIMARY KEY,
  environment_id  INTEGER NOT NULL,
  application_id  INTEGER NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
  hash            BLOB  NOT NULL,
  suffix          TEXT   NOT NULL,
  state           TEXT   NOT NULL CHECK (state IN ('ACTIVE', 'INACTIVE')),
  created_at_ms   INTEGER NOT NULL,
  expires_at_ms   INTEGER
) STRICT;
CREATE INDEX application_secrets_by_application ON application_secrets (application_id);

CREATE TABLE users (
  id               INTEGER PRIMARY KEY,
  environment_id   INTEGER NOT NULL REFERENCES environments (id),
  email            TEXT   NOT NULL,
  email_verified   INTEGER NOT NULL,
  given_name       TEXT   NOT NULL,
  family_name      TEXT   NOT NULL,
  name             TEXT   NOT NULL,
  picture          TEXT,
  locale           TEXT,
  external_id      TEXT,
  metadata         TEXT   NOT NULL,
  state            TEXT   NOT NULL CHECK (state IN ('active', 'disabled')),
  created_at_ms    INTEGER NOT NULL,
  updated_at_ms    INTEGER NOT NULL,
  last_login_at_ms INTEGER,
  UNIQUE (environment_id, email)
) STRICT;
CREATE UNIQUE INDEX users_by_external_id ON users (environment_id, external_id)
  WHERE external_id IS NOT NULL;

CREATE TABLE organizations (
  id             INTEGER PRIMARY KEY,
  environment_id INTEGER NOT NULL REFERENCES environments (id),
  display_name   TEXT   NOT NULL,
  external_id    TEXT,
  slug           TEXT,
  metadata       TEXT   NOT NULL,
  created_at_ms  INTEGER NOT NULL,
  updated_at_ms  INTEGER NOT NULL
) STRICT;
CREATE INDEX organizations_by_environment ON organizations (environment_id, id);
CREATE UNIQUE INDEX organizations_by_external_id ON organizations (environment_id, external_id)
  WHERE external_id IS NOT NULL;
CREATE UNIQUE INDEX organizations_by_slug ON organizations (environment_id, slug)
  WHERE slug IS NOT NULL;

CREATE TABLE roles (
  id                 INTEGER PRIMARY KEY,
  environment_id     INTEGER NOT NULL REFERENCES environments (id),
  organization_id    INTEGER REFERENCES organizations (id) ON DELETE CASCADE,
  name               TEXT   NOT NULL,
  display_name       TEXT   NOT NULL,
  description        TEXT   NOT NULL,
  extends_id         INTEGER REFERENCES roles (id),
  is_default_creator INTEGER NOT NULL,
  is_default_member  INTEGER NOT NULL,
  created_at_ms      INTEGER NOT NULL,
  updated_at_ms      INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX roles_of_environment ON roles (environment_id, name)
  WHERE organization_id IS NULL;
CREATE UNIQUE INDEX roles_of_organization ON roles (organization_id, name)
  WHERE organization_id IS NOT NULL;
CREATE UNIQUE INDEX roles_default_creator ON roles (environment_id)
  WHERE organization_id IS NULL AND is_default_creator = 1;
CREATE UNIQUE INDEX roles_default_member ON roles (environment_id)
  WHERE organization_id IS NULL AND is_default_member = 1;
CREATE INDEX roles_by_base ON roles (extends_id) WHERE extends_id IS NOT NULL;

CREATE TABLE permissions (
  id             INTEGER PRIMARY KEY,
  environment_id INTEGER NOT NULL REFERENCES environments (id),
  name           TEXT   NOT NULL,
  description    TEXT   NOT NULL,
  created_at_ms  INTEGER NOT NULL,
  updated_at_ms  INTEGER NOT NULL,
  UNIQUE (environment_id, name)
) STRICT;

CREATE TABLE role_permissions (
  role_id        INTEGER NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
  permission_id  INTEGER NOT NULL REFERENCES permissions (id) ON DELETE CASCADE,
  environment_id INTEGER NOT NULL,
  PRIMARY KEY (role_id, permission_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX role_permissions_by_permission ON role_permissions (permission_id);

CREATE TABLE memberships (
  organization_id INTEGER NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  user_id         INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  environment_id  INTEGER NOT NULL,
  status          TEXT   NOT NULL CHECK (status IN ('ACTIVE', 'INACTIVE', 'PENDING_INVITE',
                                                    'INVITE_EXPIRED')),
  provisioning    TEXT   NOT NULL,
  metadata        TEXT   NOT NULL,
  created_at_ms   INTEGER NOT NULL,
  updated_at_ms   INTEGER NOT NULL,
  last_used_at_ms INTEGER,
  PRIMARY KEY (organization_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_by_user ON memberships (user_id);

CREATE TABLE membership_roles (
  organization_id INTEGER NOT NULL,
  user_id         INTEGER NOT NULL,
  role_id         INTEGER NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
  environment_id  INTEGER NOT NULL,
  PRIMARY KEY (organization_id, user_id, role_id),
  FOREIGN KEY (organization_id, user_id) REFERENCES memberships (organization_id, user_id)
    ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_roles_by_role ON membership_roles (role_id);

CREATE TABLE sessions (
  id                   INTEGER PRIMARY KEY,
  environment_id       INTEGER NOT NULL REFERENCES environments (id),
  user_id              INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  organization_id      INTEGER REFERENCES organizations (id) ON DELETE CASCADE,
  token_hash           BLOB  NOT NULL UNIQUE,
  method               TEXT   NOT NULL,
  authenticated_at_ms  INTEGER NOT NULL,
  created_at_ms        INTEGER NOT NULL,
  last_active_at_ms    INTEGER NOT NULL,
  idle_lifetime_ms     INTEGER NOT NULL,
  idle_expires_at_ms   INTEGER NOT NULL,
  expires_at_ms        INTEGER NOT NULL,
  ended_at_ms          INTEGER,
  end_reason           TEXT,
  client_address       TEXT   NOT NULL,
  user_agent           TEXT   NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id, id);
CREATE INDEX sessions_by_organization ON sessions (organization_id)
  WHERE organization_id IS NOT NULL;
CREATE INDEX sessions_by_expiry ON sessions (idle_expires_at_ms);
CREATE INDEX sessions_by_end ON sessions (ended_at_ms) WHERE ended_at_ms IS NOT NULL;

CREATE TABLE session_clients (
  session_id      INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  application_id  INTEGER NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
  environment_id  INTEGER NOT NULL,
  organization_id INTEGER,
  first_at_ms     INTEGER NOT NULL,
  PRIMARY KEY (session_id, application_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE refresh_families (
  id              INTEGER PRIMARY KEY,
  environment_id  INTEGER NOT NULL,
  session_id      INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  application_id  INTEGER NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
  user_id         INTEGER NOT NULL,
  organization_id INTEGER,
  scope           TEXT   NOT NULL,
  nonce           BLOB  NOT NULL,
  generation      INTEGER NOT NULL,
  rotated_at_ms   INTEGER NOT NULL,
  created_at_ms   INTEGER NOT NULL,
  ended_at_ms     INTEGER,
  end_reason      TEXT
) STRICT;
CREATE INDEX refresh_families_by_session ON refresh_families (session_id);

CREATE TABLE revoked_tokens (
  environment_id INTEGER NOT NULL,
  token_id       INTEGER NOT NULL,
  expires_at_ms  INTEGER NOT NULL,
  PRIMARY KEY (environment_id, token_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX revoked_tokens_by_expiry ON revoked_tokens (expires_at_ms);

CREATE TABLE logout_deliveries (
  id                 INTEGER PRIMARY KEY,
  environment_id     INTEGER NOT NULL,
  application_id     INTEGER NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
  session_id         INTEGER NOT NULL,
  user_id            INTEGER NOT NULL,
  uri                TEXT   NOT NULL,
  created_at_ms      INTEGER NOT NULL,
  attempts           INTEGER NOT NULL,
  next_attempt_at_ms INTEGER NOT NULL,
  lease_until_ms     INTEGER NOT NULL,
  delivered_at_ms    INTEGER,
  failed_at_ms       INTEGER,
  last_error         TEXT
) STRICT;
CREATE INDEX logout_deliveries_due ON logout_deliveries (next_attempt_at_ms)
  WHERE delivered_at_ms IS NULL AND failed_at_ms IS NULL;
CREATE INDEX logout_deliveries_over ON logout_deliveries (created_at_ms)
  WHERE delivered_at_ms IS NOT NULL OR failed_at_ms IS NOT NULL;

CREATE TABLE login_flows (
  id                   INTEGER PRIMARY KEY,
  environment_id       INTEGER NOT NULL REFERENCES environments (id),
  application_id       INTEGER REFERENCES applications (id) ON DELETE CASCADE,
  browser_hash         BLOB    NOT NULL,
  purpose              TEXT    NOT NULL CHECK (purpose IN ('authorize', 'account')),
  options              TEXT    NOT NULL,
  resume               TEXT    NOT NULL,
  intent               TEXT    NOT NULL CHECK (intent IN ('sign_in', 'sign_up')),
  email                TEXT,
  challenge_sent_at_ms INTEGER,
  challenges_sent      INTEGER NOT NULL,
  code_tries           INTEGER NOT NULL,
  user_id              INTEGER,
  proven_at_ms         INTEGER,
  method               TEXT,
  organization_id      INTEGER,
  session_id           INTEGER,
  created_at_ms        INTEGER NOT NULL,
  expires_at_ms        INTEGER NOT NULL,
  completed_at_ms      INTEGER,
  resumed_at_ms        INTEGER
) STRICT;
CREATE INDEX login_flows_by_expiry ON login_flows (expires_at_ms);

CREATE TABLE throttles (
  environment_id  INTEGER NOT NULL,
  bucket          TEXT   NOT NULL,
  key_hash        BLOB  NOT NULL,
  window_start_ms INTEGER NOT NULL,
  count           INTEGER NOT NULL,
  expires_at_ms   INTEGER NOT NULL,
  PRIMARY KEY (environment_id, bucket, key_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX throttles_by_expiry ON throttles (expires_at_ms);

CREATE TABLE audit_records (
  id              INTEGER PRIMARY KEY,
  environment_id  INTEGER NOT NULL,
  at_ms           INTEGER NOT NULL,
  event           TEXT   NOT NULL,
  outcome         TEXT   NOT NULL CHECK (outcome IN ('success', 'refused')),
  actor_type      TEXT   NOT NULL,
  actor_id        TEXT   NOT NULL,
  subject_type    TEXT   NOT NULL,
  subject_id      TEXT   NOT NULL,
  organization_id INTEGER,
  client_id       TEXT,
  request_id      INTEGER NOT NULL,
  client_address  TEXT   NOT NULL,
  user_agent      TEXT   NOT NULL,
  detail          TEXT   NOT NULL
) STRICT;
CREATE INDEX audit_records_by_environment ON audit_records (environment_id, id);
CREATE INDEX audit_records_by_event ON audit_records (environment_id, event, id);

CREATE TABLE audit_seals (
  environment_id INTEGER NOT NULL,
  number         INTEGER NOT NULL,
  first_id       INTEGER NOT NULL,
  last_id        INTEGER NOT NULL,
  record_count   INTEGER NOT NULL,
  sealed_at_ms   INTEGER NOT NULL,
  hash           BLOB  NOT NULL,
  PRIMARY KEY (environment_id, number)
) STRICT, WITHOUT ROWID;
