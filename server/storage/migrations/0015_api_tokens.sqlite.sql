-- API tokens: opaque keys that an application gives to its customers and checks online. See
-- server/api_tokens. A token of one user goes with their membership.
CREATE TABLE api_tokens (
  id                INTEGER PRIMARY KEY,
  environment_id    INTEGER NOT NULL REFERENCES environments (id),
  organization_id   INTEGER NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  user_id           INTEGER,
  token_hash        BLOB    NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  suffix            TEXT    NOT NULL,
  description       TEXT,
  custom_claims     TEXT    NOT NULL,
  created_at_ms     INTEGER NOT NULL,
  updated_at_ms     INTEGER NOT NULL,
  expires_at_ms     INTEGER,
  invalidated_at_ms INTEGER,
  FOREIGN KEY (organization_id, user_id) REFERENCES memberships (organization_id, user_id)
    ON DELETE CASCADE
) STRICT;
CREATE INDEX api_tokens_by_organization ON api_tokens (organization_id, id);
CREATE INDEX api_tokens_by_member ON api_tokens (organization_id, user_id, id)
  WHERE user_id IS NOT NULL;
-- For reclaiming what is over.
CREATE INDEX api_tokens_by_expiry ON api_tokens (expires_at_ms) WHERE expires_at_ms IS NOT NULL;
CREATE INDEX api_tokens_by_end ON api_tokens (invalidated_at_ms)
  WHERE invalidated_at_ms IS NOT NULL;
