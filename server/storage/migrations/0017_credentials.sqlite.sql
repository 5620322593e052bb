-- Passkeys of people: public keys and what is known of the authenticators that hold the other half.
-- See server/users/credential.h.
CREATE TABLE credentials (
  id               INTEGER PRIMARY KEY,
  environment_id   INTEGER NOT NULL REFERENCES environments (id),
  user_id          INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  credential_id    BLOB    NOT NULL CHECK (length(credential_id) BETWEEN 1 AND 1023),
  public_key       BLOB    NOT NULL,
  sign_count       INTEGER NOT NULL CHECK (sign_count BETWEEN 0 AND 4294967295),
  aaguid           BLOB    NOT NULL CHECK (length(aaguid) = 16),
  attestation_type TEXT    NOT NULL,
  attachment       TEXT    NOT NULL CHECK (attachment IN ('', 'platform', 'cross-platform')),
  transports       TEXT    NOT NULL,
  user_verified    INTEGER NOT NULL,
  backup_eligible  INTEGER NOT NULL,
  backup_state     INTEGER NOT NULL,
  display_name     TEXT    NOT NULL,
  client_address   TEXT    NOT NULL,
  user_agent       TEXT    NOT NULL,
  created_at_ms    INTEGER NOT NULL,
  updated_at_ms    INTEGER NOT NULL,
  last_used_at_ms  INTEGER,
  UNIQUE (environment_id, credential_id)
) STRICT;
CREATE INDEX credentials_by_user ON credentials (user_id, id);
