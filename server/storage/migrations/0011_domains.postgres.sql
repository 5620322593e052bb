-- Mail domains of organizations: where their people's addresses are.

CREATE TABLE domains (
  id                  BIGINT           PRIMARY KEY,
  environment_id      BIGINT           NOT NULL REFERENCES environments (id),
  organization_id     BIGINT           NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  type                TEXT COLLATE "C" NOT NULL CHECK (type IN ('ALLOWED_EMAIL_DOMAIN',
                                                                'ORGANIZATION_DOMAIN')),
  name                TEXT COLLATE "C" NOT NULL,
  verification_status TEXT COLLATE "C" NOT NULL
    CHECK (verification_status IN ('PENDING', 'VERIFIED', 'FAILED', 'AUTO_VERIFIED')),
  verification_method TEXT COLLATE "C" NOT NULL CHECK (verification_method IN ('ADMIN', 'DNS',
                                                                               'NOT_APPLICABLE')),
  txt_record_secret   TEXT COLLATE "C" NOT NULL,
  created_at_ms       BIGINT           NOT NULL,
  updated_at_ms       BIGINT           NOT NULL,
  UNIQUE (organization_id, type, name)
);
-- A domain that somebody merely claims keeps nobody from proving that it is theirs.
CREATE UNIQUE INDEX domains_verified ON domains (environment_id, type, name)
  WHERE verification_status IN ('VERIFIED', 'AUTO_VERIFIED');
CREATE INDEX domains_by_organization ON domains (organization_id, id);
