-- Environments, applications, people, organizations, roles, sessions, sign-in flows, audit.
-- Ids are 64-bit integers, times are milliseconds since the epoch, hashes are 32-byte blobs,
-- flags are 0 or 1, documents are JSON texts. Every table but `environments` carries its
-- environment. Texts compare and sort by their bytes, whatever the database's locale.

CREATE TABLE configuration_version (
  id      BIGINT PRIMARY KEY CHECK (id = 1),
  version BIGINT NOT NULL
);
INSERT INTO configuration_version (id, version) VALUES (1, 1);

CREATE TABLE environments (
  id            BIGINT           PRIMARY KEY,
  name          TEXT COLLATE "C" NOT NULL UNIQUE,
  kind          TEXT COLLATE "C" NOT NULL CHECK (kind IN ('development', 'production')),
  base_url      TEXT COLLATE "C" NOT NULL UNIQUE,
  settings      TEXT COLLATE "C" NOT NULL,
  created_at_ms BIGINT           NOT NULL,
  updated_at_ms BIGINT           NOT NULL
);

CREATE TABLE applications (
  id                      BIGINT           PRIMARY KEY,
  environment_id          BIGINT           NOT NULL REFERENCES environments (id),
  client_id               TEXT COLLATE "C" NOT NULL,
  type                    TEXT COLLATE "C" NOT NULL
    CHECK (type IN ('ENV', 'WEB_APP', 'SPA', 'NTV', 'M2M')),
  name                    TEXT COLLATE "C" NOT NULL,
  signing_algorithm       TEXT COLLATE "C" NOT NULL
    CHECK (signing_algorithm IN ('RS256', 'ES256', 'EdDSA')),
  enforce_pkce            BIGINT           NOT NULL,
  allow_api_access        BIGINT           NOT NULL,
  initiate_login_uri      TEXT COLLATE "C",
  access_token_lifetime_s BIGINT,
  scopes                  TEXT COLLATE "C" NOT NULL,
  audience                TEXT COLLATE "C" NOT NULL,
  created_at_ms           BIGINT           NOT NULL,
  updated_at_ms           BIGINT           NOT NULL,
  UNIQUE (environment_id, client_id)
);
CREATE UNIQUE INDEX applications_default ON applications (environment_id) WHERE type = 'ENV';

CREATE TABLE application_redirects (
  application_id BIGINT           NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
  kind           TEXT COLLATE "C" NOT NULL
    CHECK (kind IN ('callback', 'post_logout', 'back_channel_logout')),
  uri            TEXT COLLATE "C" NOT NULL,
  environment_id BIGINT           NOT NULL,
  created_at_ms  BIGINT           NOT NULL,
  PRIMARY KEY (application_id, kind, uri)
);

CREATE TABLE application_secrets (
  id              BIGINT           PRIMARY KEY,
  environment_id  BIGINT           NOT NULL,
  application_id  BIGINT           NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
  hash            BYTEA            NOT NULL,
  suffix          TEXT COLLATE "C" NOT NULL,
  state           TEXT COLLATE "C" NOT NULL CHECK (state IN ('ACTIVE', 'INACTIVE')),
  created_at_ms   BIGINT           NOT NULL,
  expires_at_ms   BIGINT
);
CREATE INDEX application_secrets_by_application ON application_secrets (application_id);

CREATE TABLE users (
  id               BIGINT           PRIMARY KEY,
  environment_id   BIGINT           NOT NULL REFERENCES environments (id),
  email            TEXT COLLATE "C" NOT NULL,
  email_verified   BIGINT           NOT NULL,
  given_name       TEXT COLLATE "C" NOT NULL,
  family_name      TEXT COLLATE "C" NOT NULL,
  name             TEXT COLLATE "C" NOT NULL,
  picture          TEXT COLLATE "C",
  locale           TEXT COLLATE "C",
  external_id      TEXT COLLATE "C",
  metadata         TEXT COLLATE "C" NOT NULL,
  state            TEXT COLLATE "C" NOT NULL CHECK (state IN ('active', 'disabled')),
  created_at_ms    BIGINT           NOT NULL,
  updated_at_ms    BIGINT           NOT NULL,
  last_login_at_ms BIGINT,
  UNIQUE (environment_id, email)
);
CREATE UNIQUE INDEX users_by_external_id ON users (environment_id, external_id)
  WHERE external_id IS NOT NULL;

CREATE TABLE organizations (
  id             BIGINT           PRIMARY KEY,
  environment_id BIGINT           NOT NULL REFERENCES environments (id),
  display_name   TEXT COLLATE "C" NOT NULL,
  external_id    TEXT COLLATE "C",
  slug           TEXT COLLATE "C",
  metadata       TEXT COLLATE "C" NOT NULL,
  created_at_ms  BIGINT           NOT NULL,
  updated_at_ms  BIGINT           NOT NULL
);
CREATE INDEX organizations_by_environment ON organizations (environment_id, id);
CREATE UNIQUE INDEX organizations_by_external_id ON organizations (environment_id, external_id)
  WHERE external_id IS NOT NULL;
CREATE UNIQUE INDEX organizations_by_slug ON organizations (environment_id, slug)
  WHERE slug IS NOT NULL;

CREATE TABLE roles (
  id                 BIGINT           PRIMARY KEY,
  environment_id     BIGINT           NOT NULL REFERENCES environments (id),
  organization_id    BIGINT           REFERENCES organizations (id) ON DELETE CASCADE,
  name               TEXT COLLATE "C" NOT NULL,
  display_name       TEXT COLLATE "C" NOT NULL,
  description        TEXT COLLATE "C" NOT NULL,
  extends_id         BIGINT           REFERENCES roles (id),
  is_default_creator BIGINT           NOT NULL,
  is_default_member  BIGINT           NOT NULL,
  created_at_ms      BIGINT           NOT NULL,
  updated_at_ms      BIGINT           NOT NULL
);
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
  id             BIGINT           PRIMARY KEY,
  environment_id BIGINT           NOT NULL REFERENCES environments (id),
  name           TEXT COLLATE "C" NOT NULL,
  description    TEXT COLLATE "C" NOT NULL,
  created_at_ms  BIGINT           NOT NULL,
  updated_at_ms  BIGINT           NOT NULL,
  UNIQUE (environment_id, name)
);

CREATE TABLE role_permissions (
  role_id        BIGINT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
  permission_id  BIGINT NOT NULL REFERENCES permissions (id) ON DELETE CASCADE,
  environment_id BIGINT NOT NULL,
  PRIMARY KEY (role_id, permission_id)
);
CREATE INDEX role_permissions_by_permission ON role_permissions (permission_id);

CREATE TABLE memberships (
  organization_id BIGINT           NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  user_id         BIGINT           NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  environment_id  BIGINT           NOT NULL,
  status          TEXT COLLATE "C" NOT NULL
    CHECK (status IN ('ACTIVE', 'INACTIVE', 'PENDING_INVITE', 'INVITE_EXPIRED')),
  provisioning    TEXT COLLATE "C" NOT NULL,
  metadata        TEXT COLLATE "C" NOT NULL,
  created_at_ms   BIGINT           NOT NULL,
  updated_at_ms   BIGINT           NOT NULL,
  last_used_at_ms BIGINT,
  PRIMARY KEY (organization_id, user_id)
);
CREATE INDEX memberships_by_user ON memberships (user_id);

CREATE TABLE membership_roles (
  organization_id BIGINT NOT NULL,
  user_id         BIGINT NOT NULL,
  role_id         BIGINT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
  environment_id  BIGINT NOT NULL,
  PRIMARY KEY (organization_id, user_id, role_id),
  FOREIGN KEY (organization_id, user_id) REFERENCES memberships (organization_id, user_id)
    ON DELETE CASCADE
);
CREATE INDEX membership_roles_by_role ON membership_roles (role_id);

CREATE TABLE sessions (
  id                   BIGINT           PRIMARY KEY,
  environment_id       BIGINT           NOT NULL REFERENCES environments (id),
  user_id              BIGINT           NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  organization_id      BIGINT           REFERENCES organizations (id) ON DELETE CASCADE,
  token_hash           BYTEA            NOT NULL UNIQUE,
  method               TEXT COLLATE "C" NOT NULL,
  authenticated_at_ms  BIGINT           NOT NULL,
  created_at_ms        BIGINT           NOT NULL,
  last_active_at_ms    BIGINT           NOT NULL,
  idle_lifetime_ms     BIGINT           NOT NULL,
  idle_expires_at_ms   BIGINT           NOT NULL,
  expires_at_ms        BIGINT           NOT NULL,
  ended_at_ms          BIGINT,
  end_reason           TEXT COLLATE "C",
  client_address       TEXT COLLATE "C" NOT NULL,
  user_agent           TEXT COLLATE "C" NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id, id);
CREATE INDEX sessions_by_organization ON sessions (organization_id)
  WHERE organization_id IS NOT NULL;
CREATE INDEX sessions_by_expiry ON sessions (idle_expires_at_ms);
CREATE INDEX sessions_by_end ON sessions (ended_at_ms) WHERE ended_at_ms IS NOT NULL;

CREATE TABLE session_clients (
  session_id      BIGINT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  application_id  BIGINT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
  environment_id  BIGINT NOT NULL,
  organization_id BIGINT,
  first_at_ms     BIGINT NOT NULL,
  PRIMARY KEY (session_id, application_id)
);

CREATE TABLE refresh_families (
  id              BIGINT           PRIMARY KEY,
  environment_id  BIGINT           NOT NULL,
  session_id      BIGINT           NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  application_id  BIGINT           NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
  user_id         BIGINT           NOT NULL,
  organization_id BIGINT,
  scope           TEXT COLLATE "C" NOT NULL,
  nonce           BYTEA            NOT NULL,
  generation      BIGINT           NOT NULL,
  rotated_at_ms   BIGINT           NOT NULL,
  created_at_ms   BIGINT           NOT NULL,
  ended_at_ms     BIGINT,
  end_reason      TEXT COLLATE "C"
);
CREATE INDEX refresh_families_by_session ON refresh_families (session_id);

CREATE TABLE revoked_tokens (
  environment_id BIGINT NOT NULL,
  token_id       BIGINT NOT NULL,
  expires_at_ms  BIGINT NOT NULL,
  PRIMARY KEY (environment_id, token_id)
);
CREATE INDEX revoked_tokens_by_expiry ON revoked_tokens (expires_at_ms);

CREATE TABLE logout_deliveries (
  id                 BIGINT           PRIMARY KEY,
  environment_id     BIGINT           NOT NULL,
  application_id     BIGINT           NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
  session_id         BIGINT           NOT NULL,
  user_id            BIGINT           NOT NULL,
  uri                TEXT COLLATE "C" NOT NULL,
  created_at_ms      BIGINT           NOT NULL,
  attempts           BIGINT           NOT NULL,
  next_attempt_at_ms BIGINT           NOT NULL,
  lease_until_ms     BIGINT           NOT NULL,
  delivered_at_ms    BIGINT,
  failed_at_ms       BIGINT,
  last_error         TEXT COLLATE "C"
);
CREATE INDEX logout_deliveries_due ON logout_deliveries (next_attempt_at_ms)
  WHERE delivered_at_ms IS NULL AND failed_at_ms IS NULL;
CREATE INDEX logout_deliveries_over ON logout_deliveries (created_at_ms)
  WHERE delivered_at_ms IS NOT NULL OR failed_at_ms IS NOT NULL;

CREATE TABLE login_flows (
  id                   BIGINT           PRIMARY KEY,
  environment_id       BIGINT           NOT NULL REFERENCES environments (id),
  application_id       BIGINT           REFERENCES applications (id) ON DELETE CASCADE,
  browser_hash         BYTEA            NOT NULL,
  purpose              TEXT COLLATE "C" NOT NULL CHECK (purpose IN ('authorize', 'account')),
  options              TEXT COLLATE "C" NOT NULL,
  resume               TEXT COLLATE "C" NOT NULL,
  intent               TEXT COLLATE "C" NOT NULL CHECK (intent IN ('sign_in', 'sign_up')),
  email                TEXT COLLATE "C",
  challenge_sent_at_ms BIGINT,
  challenges_sent      BIGINT           NOT NULL,
  code_tries           BIGINT           NOT NULL,
  user_id              BIGINT,
  proven_at_ms         BIGINT,
  method               TEXT COLLATE "C",
  organization_id      BIGINT,
  session_id           BIGINT,
  created_at_ms        BIGINT           NOT NULL,
  expires_at_ms        BIGINT           NOT NULL,
  completed_at_ms      BIGINT,
  resumed_at_ms        BIGINT
);
CREATE INDEX login_flows_by_expiry ON login_flows (expires_at_ms);

CREATE TABLE throttles (
  environment_id  BIGINT           NOT NULL,
  bucket          TEXT COLLATE "C" NOT NULL,
  key_hash        BYTEA            NOT NULL,
  window_start_ms BIGINT           NOT NULL,
  count           BIGINT           NOT NULL,
  expires_at_ms   BIGINT           NOT NULL,
  PRIMARY KEY (environment_id, bucket, key_hash)
);
CREATE INDEX throttles_by_expiry ON throttles (expires_at_ms);

CREATE TABLE audit_records (
  id              BIGINT           PRIMARY KEY,
  environment_id  BIGINT           NOT NULL,
  at_ms           BIGINT           NOT NULL,
  event           TEXT COLLATE "C" NOT NULL,
  outcome         TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('success', 'refused')),
  actor_type      TEXT COLLATE "C" NOT NULL,
  actor_id        TEXT COLLATE "C" NOT NULL,
  subject_type    TEXT COLLATE "C" NOT NULL,
  subject_id      TEXT COLLATE "C" NOT NULL,
  organization_id BIGINT,
  client_id       TEXT COLLATE "C",
  request_id      BIGINT           NOT NULL,
  client_address  TEXT COLLATE "C" NOT NULL,
  user_agent      TEXT COLLATE "C" NOT NULL,
  detail          TEXT COLLATE "C" NOT NULL
);
CREATE INDEX audit_records_by_environment ON audit_records (environment_id, id);
CREATE INDEX audit_records_by_event ON audit_records (environment_id, event, id);

CREATE TABLE audit_seals (
  environment_id BIGINT NOT NULL,
  number         BIGINT NOT NULL,
  first_id       BIGINT NOT NULL,
  last_id        BIGINT NOT NULL,
  record_count   BIGINT NOT NULL,
  sealed_at_ms   BIGINT NOT NULL,
  hash           BYTEA  NOT NULL,
  PRIMARY KEY (environment_id, number)
);
