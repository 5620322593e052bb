-- Passkeys of people: public keys and what is known of the authenticators that hold the other half.
-- See server/users/credential.h.
CREATE TABLE credentials (
  id               BIGINT           PRIMARY KEY,
  environment_id   BIGINT           NOT NULL REFERENCES environments (id),
  user_id          BIGINT           NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  credential_id    BYTEA            NOT NULL CHECK (length(credential_id) BETWEEN 1 AND 1023),
  public_key       BYTEA            NOT NULL,
  sign_count       BIGINT           NOT NULL CHECK (sign_count BETWEEN 0 AND 4294967295),
  aaguid           BYTEA            NOT NULL CHECK (length(aaguid) = 16),
  attestation_type TEXT COLLATE "C" NOT NULL,
  attachment       TEXT COLLATE "C" NOT NULL
    CHECK (attachment IN ('', 'platform', 'cross-platform')),
  transports       TEXT COLLATE "C" NOT NULL,
  user_verified    BIGINT           NOT NULL,
  backup_eligible  BIGINT           NOT NULL,
  backup_state     BIGINT           NOT NULL,
  display_name     TEXT COLLATE "C" NOT NULL,
  client_address   TEXT COLLATE "C" NOT NULL,
  user_agent       TEXT COLLATE "C" NOT NULL,
  created_at_ms    BIGINT           NOT NULL,
  updated_at_ms    BIGINT           NOT NULL,
  last_used_at_ms  BIGINT,
  UNIQUE (environment_id, credential_id)
);
CREATE INDEX credentials_by_user ON credentials (user_id, id);
