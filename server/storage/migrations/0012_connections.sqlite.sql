-- Connections to identity providers: of an organization (single sign-on), or of the environment
-- (social sign-in, passwordless, passkeys). Their configuration is a JSON document by type; the
-- client secret stands beside it, sealed.

CREATE TABLE connections (
  id                   INTEGER PRIMARY KEY,
  environment_id       INTEGER NOT NULL REFERENCES environments (id),
  organization_id      INTEGER REFERENCES organizations (id) ON DELETE CASCADE,
  type                 TEXT    NOT NULL CHECK (type IN ('OIDC', 'SAML', 'OAUTH', 'PASSWORDLESS',
                                                        'WEBAUTHN')),
  provider             TEXT    NOT NULL,
  provider_key         TEXT    NOT NULL,
  key_id               TEXT,
  status               TEXT    NOT NULL CHECK (status IN ('DRAFT', 'IN_PROGRESS', 'COMPLETED')),
  enabled              INTEGER NOT NULL CHECK (enabled = 0 OR (enabled = 1
                                               AND status = 'COMPLETED')),
  debug_enabled        INTEGER NOT NULL,
  is_login             INTEGER NOT NULL,
  is_app               INTEGER NOT NULL,
  ui_button_title      TEXT    NOT NULL,
  configuration_type   TEXT    NOT NULL,
  configuration        TEXT    NOT NULL,
  attribute_mapping    TEXT    NOT NULL,
  sealed_client_secret BLOB,
  client_secret_hint   TEXT    NOT NULL,
  created_at_ms        INTEGER NOT NULL,
  updated_at_ms        INTEGER NOT NULL
) STRICT;
CREATE INDEX connections_by_environment ON connections (environment_id, id);
CREATE INDEX connections_by_organization ON connections (organization_id, id)
  WHERE organization_id IS NOT NULL;
-- What applications call a connection by.
CREATE UNIQUE INDEX connections_by_key_of_environment ON connections (environment_id, key_id)
  WHERE organization_id IS NULL AND key_id IS NOT NULL;
CREATE UNIQUE INDEX connections_by_key_of_organization ON connections (organization_id, key_id)
  WHERE organization_id IS NOT NULL AND key_id IS NOT NULL;

-- Domains that a connection is for; where it has none, those of its organization.
CREATE TABLE connection_domains (
  connection_id  INTEGER NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
  domain_id      INTEGER NOT NULL REFERENCES domains (id) ON DELETE CASCADE,
  environment_id INTEGER NOT NULL,
  PRIMARY KEY (connection_id, domain_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX connection_domains_by_domain ON connection_domains (domain_id);

-- Sign-ins that an administrator tried out, and how they ended.
CREATE TABLE connection_tests (
  id                INTEGER PRIMARY KEY,
  environment_id    INTEGER NOT NULL REFERENCES environments (id),
  connection_id     INTEGER NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
  status            TEXT    NOT NULL CHECK (status IN ('PENDING', 'SUCCESS', 'FAILURE')),
  user_info         TEXT,
  error             TEXT,
  error_description TEXT,
  error_details     TEXT,
  created_at_ms     INTEGER NOT NULL
) STRICT;
CREATE INDEX connection_tests_by_connection ON connection_tests (connection_id, id);
