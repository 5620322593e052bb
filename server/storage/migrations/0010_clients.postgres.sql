-- What the management API adds to clients: the order of URIs, custom claims, grants, what is known
-- of a secret; machine clients of organizations and resources, resources, scopes and consents.

ALTER TABLE applications ADD COLUMN custom_claims TEXT COLLATE "C" NOT NULL DEFAULT '[]';
ALTER TABLE applications ADD COLUMN grant_types TEXT COLLATE "C" NOT NULL DEFAULT '[]';
ALTER TABLE application_redirects ADD COLUMN position BIGINT NOT NULL DEFAULT 0;
ALTER TABLE application_secrets ADD COLUMN created_by TEXT COLLATE "C";
ALTER TABLE application_secrets ADD COLUMN updated_at_ms BIGINT;
ALTER TABLE application_secrets ADD COLUMN last_used_at_ms BIGINT;

CREATE TABLE resources (
  id                       BIGINT           PRIMARY KEY,
  environment_id           BIGINT           NOT NULL REFERENCES environments (id),
  type                     TEXT COLLATE "C" NOT NULL
    CHECK (type IN ('WEB', 'MOBILE', 'DESKTOP', 'SERVER', 'MCP_SERVER')),
  name                     TEXT COLLATE "C" NOT NULL,
  description              TEXT COLLATE "C" NOT NULL,
  uri                      TEXT COLLATE "C",
  identifier               TEXT COLLATE "C",
  logo_uri                 TEXT COLLATE "C" NOT NULL,
  provider                 TEXT COLLATE "C" NOT NULL,
  authorize_uri            TEXT COLLATE "C" NOT NULL,
  access_token_lifetime_s  BIGINT,
  refresh_token_lifetime_s BIGINT,
  allow_registration       BIGINT           NOT NULL,
  allow_metadata_documents BIGINT           NOT NULL,
  allow_cross_app_access   BIGINT           NOT NULL,
  limit_to_permissions     BIGINT           NOT NULL,
  created_at_ms            BIGINT           NOT NULL,
  updated_at_ms            BIGINT           NOT NULL
);
CREATE INDEX resources_by_environment ON resources (environment_id, id);
CREATE UNIQUE INDEX resources_by_uri ON resources (environment_id, uri) WHERE uri IS NOT NULL;
CREATE UNIQUE INDEX resources_by_identifier ON resources (environment_id, identifier)
  WHERE identifier IS NOT NULL;

CREATE TABLE scopes (
  id             BIGINT           PRIMARY KEY,
  environment_id BIGINT           NOT NULL REFERENCES environments (id),
  name           TEXT COLLATE "C" NOT NULL,
  description    TEXT COLLATE "C" NOT NULL,
  is_enabled     BIGINT           NOT NULL,
  created_at_ms  BIGINT           NOT NULL,
  updated_at_ms  BIGINT           NOT NULL,
  UNIQUE (environment_id, name)
);

CREATE TABLE resource_scopes (
  resource_id    BIGINT NOT NULL REFERENCES resources (id) ON DELETE CASCADE,
  scope_id       BIGINT NOT NULL REFERENCES scopes (id) ON DELETE CASCADE,
  environment_id BIGINT NOT NULL,
  position       BIGINT NOT NULL,
  PRIMARY KEY (resource_id, scope_id)
);
CREATE INDEX resource_scopes_by_scope ON resource_scopes (scope_id);

CREATE TABLE machine_clients (
  id               BIGINT           PRIMARY KEY,
  environment_id   BIGINT           NOT NULL REFERENCES environments (id),
  organization_id  BIGINT           REFERENCES organizations (id) ON DELETE CASCADE,
  resource_id      BIGINT           REFERENCES resources (id) ON DELETE CASCADE,
  origin           TEXT COLLATE "C" NOT NULL CHECK (origin IN ('static', 'registered')),
  name             TEXT COLLATE "C" NOT NULL,
  description      TEXT COLLATE "C" NOT NULL,
  scopes           TEXT COLLATE "C" NOT NULL,
  audience         TEXT COLLATE "C" NOT NULL,
  custom_claims    TEXT COLLATE "C" NOT NULL,
  redirect_uris    TEXT COLLATE "C" NOT NULL,
  links            TEXT COLLATE "C" NOT NULL,
  token_lifetime_s BIGINT           NOT NULL,
  created_at_ms    BIGINT           NOT NULL,
  updated_at_ms    BIGINT           NOT NULL,
  CHECK ((organization_id IS NULL) <> (resource_id IS NULL))
);
CREATE INDEX machine_clients_by_organization ON machine_clients (organization_id, id)
  WHERE organization_id IS NOT NULL;
CREATE INDEX machine_clients_by_resource ON machine_clients (resource_id, id)
  WHERE resource_id IS NOT NULL;
CREATE INDEX machine_clients_by_lifetime ON machine_clients (environment_id, token_lifetime_s);

CREATE TABLE machine_client_secrets (
  id              BIGINT           PRIMARY KEY,
  environment_id  BIGINT           NOT NULL,
  client_id       BIGINT           NOT NULL REFERENCES machine_clients (id) ON DELETE CASCADE,
  hash            BYTEA            NOT NULL,
  suffix          TEXT COLLATE "C" NOT NULL,
  created_by      TEXT COLLATE "C",
  created_at_ms   BIGINT           NOT NULL,
  last_used_at_ms BIGINT
);
CREATE INDEX machine_client_secrets_by_client ON machine_client_secrets (client_id, id);

CREATE TABLE user_consents (
  id             BIGINT           PRIMARY KEY,
  environment_id BIGINT           NOT NULL REFERENCES environments (id),
  user_id        BIGINT           NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  client_id      BIGINT           NOT NULL REFERENCES machine_clients (id) ON DELETE CASCADE,
  resource_id    BIGINT           NOT NULL REFERENCES resources (id) ON DELETE CASCADE,
  scopes         TEXT COLLATE "C" NOT NULL,
  granted_at_ms  BIGINT           NOT NULL,
  UNIQUE (user_id, client_id)
);
CREATE INDEX user_consents_by_client ON user_consents (client_id, id);
CREATE INDEX user_consents_by_resource ON user_consents (resource_id, id);
CREATE INDEX user_consents_by_user ON user_consents (user_id, id);
