-- What the management API adds to clients: the order of URIs, custom claims, grants, what is known
-- of a secret; machine clients of organizations and resources, resources, scopes and consents.

ALTER TABLE applications ADD COLUMN custom_claims TEXT NOT NULL DEFAULT '[]';
ALTER TABLE applications ADD COLUMN grant_types TEXT NOT NULL DEFAULT '[]';
ALTER TABLE application_redirects ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
ALTER TABLE application_secrets ADD COLUMN created_by TEXT;
ALTER TABLE application_secrets ADD COLUMN updated_at_ms INTEGER;
ALTER TABLE application_secrets ADD COLUMN last_used_at_ms INTEGER;

CREATE TABLE resources (
  id                       INTEGER PRIMARY KEY,
  environment_id           INTEGER NOT NULL REFERENCES environments (id),
  type                     TEXT    NOT NULL CHECK (type IN ('WEB', 'MOBILE', 'DESKTOP', 'SERVER',
                                                            'MCP_SERVER')),
  name                     TEXT    NOT NULL,
  description              TEXT    NOT NULL,
  uri                      TEXT,
  identifier               TEXT,
  logo_uri                 TEXT    NOT NULL,
  provider                 TEXT    NOT NULL,
  authorize_uri            TEXT    NOT NULL,
  access_token_lifetime_s  INTEGER,
  refresh_token_lifetime_s INTEGER,
  allow_registration       INTEGER NOT NULL,
  allow_metadata_documents INTEGER NOT NULL,
  allow_cross_app_access   INTEGER NOT NULL,
  limit_to_permissions     INTEGER NOT NULL,
  created_at_ms            INTEGER NOT NULL,
  updated_at_ms            INTEGER NOT NULL
) STRICT;
CREATE INDEX resources_by_environment ON resources (environment_id, id);
CREATE UNIQUE INDEX resources_by_uri ON resources (environment_id, uri) WHERE uri IS NOT NULL;
CREATE UNIQUE INDEX resources_by_identifier ON resources (environment_id, identifier)
  WHERE identifier IS NOT NULL;

CREATE TABLE scopes (
  id             INTEGER PRIMARY KEY,
  environment_id INTEGER NOT NULL REFERENCES environments (id),
  name           TEXT    NOT NULL,
  description    TEXT    NOT NULL,
  is_enabled     INTEGER NOT NULL,
  created_at_ms  INTEGER NOT NULL,
  updated_at_ms  INTEGER NOT NULL,
  UNIQUE (environment_id, name)
) STRICT;

CREATE TABLE resource_scopes (
  resource_id    INTEGER NOT NULL REFERENCES resources (id) ON DELETE CASCADE,
  scope_id       INTEGER NOT NULL REFERENCES scopes (id) ON DELETE CASCADE,
  environment_id INTEGER NOT NULL,
  position       INTEGER NOT NULL,
  PRIMARY KEY (resource_id, scope_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX resource_scopes_by_scope ON resource_scopes (scope_id);

CREATE TABLE machine_clients (
  id               INTEGER PRIMARY KEY,
  environment_id   INTEGER NOT NULL REFERENCES environments (id),
  organization_id  INTEGER REFERENCES organizations (id) ON DELETE CASCADE,
  resource_id      INTEGER REFERENCES resources (id) ON DELETE CASCADE,
  origin           TEXT    NOT NULL CHECK (origin IN ('static', 'registered')),
  name             TEXT    NOT NULL,
  description      TEXT    NOT NULL,
  scopes           TEXT    NOT NULL,
  audience         TEXT    NOT NULL,
  custom_claims    TEXT    NOT NULL,
  redirect_uris    TEXT    NOT NULL,
  links            TEXT    NOT NULL,
  token_lifetime_s INTEGER NOT NULL,
  created_at_ms    INTEGER NOT NULL,
  updated_at_ms    INTEGER NOT NULL,
  CHECK ((organization_id IS NULL) <> (resource_id IS NULL))
) STRICT;
CREATE INDEX machine_clients_by_organization ON machine_clients (organization_id, id)
  WHERE organization_id IS NOT NULL;
CREATE INDEX machine_clients_by_resource ON machine_clients (resource_id, id)
  WHERE resource_id IS NOT NULL;
CREATE INDEX machine_clients_by_lifetime ON machine_clients (environment_id, token_lifetime_s);

CREATE TABLE machine_client_secrets (
  id              INTEGER PRIMARY KEY,
  environment_id  INTEGER NOT NULL,
  client_id       INTEGER NOT NULL REFERENCES machine_clients (id) ON DELETE CASCADE,
  hash            BLOB    NOT NULL,
  suffix          TEXT    NOT NULL,
  created_by      TEXT,
  created_at_ms   INTEGER NOT NULL,
  last_used_at_ms INTEGER
) STRICT;
CREATE INDEX machine_client_secrets_by_client ON machine_client_secrets (client_id, id);

CREATE TABLE user_consents (
  id             INTEGER PRIMARY KEY,
  environment_id INTEGER NOT NULL REFERENCES environments (id),
  user_id        INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  client_id      INTEGER NOT NULL REFERENCES machine_clients (id) ON DELETE CASCADE,
  resource_id    INTEGER NOT NULL REFERENCES resources (id) ON DELETE CASCADE,
  scopes         TEXT    NOT NULL,
  granted_at_ms  INTEGER NOT NULL,
  UNIQUE (user_id, client_id)
) STRICT;
CREATE INDEX user_consents_by_client ON user_consents (client_id, id);
CREATE INDEX user_consents_by_resource ON user_consents (resource_id, id);
CREATE INDEX user_consents_by_user ON user_consents (user_id, id);
