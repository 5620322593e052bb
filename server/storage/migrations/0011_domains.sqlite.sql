-- Mail domains of organizations: where their people's addresses are.

CREATE TABLE domains (
  id                  INTEGER PRIMARY KEY,
  environment_id      INTEGER NOT NULL REFERENCES environments (id),
  organization_id     INTEGER NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  type                TEXT    NOT NULL CHECK (type IN ('ALLOWED_EMAIL_DOMAIN',
                                                       'ORGANIZATION_DOMAIN')),
  name                TEXT    NOT NULL,
  verification_status TEXT    NOT NULL CHECK (verification_status IN ('PENDING', 'VERIFIED',
                                                                      'FAILED', 'AUTO_VERIFIED')),
  verification_method TEXT    NOT NULL CHECK (verification_method IN ('ADMIN', 'DNS',
                                                                      'NOT_APPLICABLE')),
  txt_record_secret   TEXT    NOT NULL,
  created_at_ms       INTEGER NOT NULL,
  updated_at_ms       INTEGER NOT NULL,
  UNIQUE (organization_id, type, name)
) STRICT;
-- A domain that somebody merely claims keeps nobody from proving that it is theirs.
CREATE UNIQUE INDEX domains_verified ON domains (environment_id, type, name)
  WHERE verification_status IN ('VERIFIED', 'AUTO_VERIFIED');
CREATE INDEX domains_by_organization ON domains (organization_id, id);
