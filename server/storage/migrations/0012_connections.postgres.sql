-- Connections to identity providers: of an organization (single sign-on), or of the environment
-- (social sign-in, passwordless, passkeys). Their configuration is a JSON document by type; the
-- client secret stands beside it, sealed.

CREATE TABLE connections (
  id                   BIGINT           PRIMARY KEY,
  environment_id       BIGINT           NOT NULL REFERENCES environments (id),
  organization_id      BIGINT           REFERENCES organizations (id) ON DELETE CASCADE,
  type                 TEXT COLLATE "C" NOT NULL
    CHECK (type IN ('OIDC', 'SAML', 'OAUTH', 'PASSWORDLESS', 'WEBAUTHN')),
  provider             TEXT COLLATE "C" NOT NULL,
  provider_key         TEXT COLLATE "C" NOT NULL,
  key_id               TEXT COLLATE "C",
  status               TEXT COLLATE "C" NOT NULL
    CHECK (status IN ('DRAFT', 'IN_PROGRESS', 'COMPLETED')),
  enabled              BIGINT           NOT NULL CHECK (enabled = 0 OR (enabled = 1
                                                        AND status = 'COMPLETED')),
  debug_enabled        BIGINT           NOT NULL,
  is_login             BIGINT           NOT NULL,
  is_app               BIGINT           NOT NULL,
  ui_button_title      TEXT COLLATE "C" NOT NULL,
  configuration_type   TEXT COLLATE "C" NOT NULL,
  configuration        TEXT COLLATE "C" NOT NULL,
  attribute_mapping    TEXT COLLATE "C" NOT NULL,
  sealed_client_secret BYTEA,
  client_secret_hint   TEXT COLLATE "C" NOT NULL,
  created_at_ms        BIGINT           NOT NULL,
  updated_at_ms        BIGINT           NOT NULL
);
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
  connection_id  BIGINT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
  domain_id      BIGINT NOT NULL REFERENCES domains (id) ON DELETE CASCADE,
  environment_id BIGINT NOT NULL,
  PRIMARY KEY (connection_id, domain_id)
);
CREATE INDEX connection_domains_by_domain ON connection_domains (domain_id);

-- Sign-ins that an administrator tried out, and how they ended.
CREATE TABLE connection_tests (
  id                BIGINT           PRIMARY KEY,
  environment_id    BIGINT           NOT NULL REFERENCES environments (id),
  connection_id     BIGINT           NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
  status            TEXT COLLATE "C" NOT NULL CHECK (status IN ('PENDING', 'SUCCESS', 'FAILURE')),
  user_info         TEXT COLLATE "C",
  error             TEXT COLLATE "C",
  error_description TEXT COLLATE "C",
  error_details     TEXT COLLATE "C",
  created_at_ms     BIGINT           NOT NULL
);
CREATE INDEX connection_tests_by_connection ON connection_tests (connection_id, id);
