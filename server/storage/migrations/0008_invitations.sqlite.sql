-- What stands beside a membership that was offered by mail. See server/orgs/invitation.h.
-- token_hash is of the newest link; the links themselves are one-time things.

CREATE TABLE invitations (
  organization_id INTEGER NOT NULL,
  user_id         INTEGER NOT NULL,
  id              INTEGER NOT NULL UNIQUE,
  environment_id  INTEGER NOT NULL,
  inviter_email   TEXT,
  created_at_ms   INTEGER NOT NULL,
  expires_at_ms   INTEGER NOT NULL,
  accepted_at_ms  INTEGER,
  resent_at_ms    INTEGER,
  resent_count    INTEGER NOT NULL DEFAULT 0,
  token_hash      BLOB    NOT NULL,
  PRIMARY KEY (organization_id, user_id),
  FOREIGN KEY (organization_id, user_id) REFERENCES memberships (organization_id, user_id)
    ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
