-- API tokens: opaque keys that an application gives to its customers and checks online. See
-- server/api_tokens. A token of one user goes with their membership.
CREATE TABLE api_tokens (
  id                BIGINT           PRIMARY KEY,
  environment_id    BIGINT           NOT NULL REFERENCES environments (id),
  organization_id   BIGINT           NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  user_id           BIGINT,
  token_hash        BYTEA            NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  suffix            TEXT COLLATE "C" NOT NULL,
  description       TEXT COLLATE "C",
  custom_claims     TEXT COLLATE "C" NOT NULL,
  created_at_ms     BIGINT           NOT NULL,
  updated_at_ms     BIGINT           NOT NULL,
  expires_at_ms     BIGINT,
  invalidated_at_ms BIGINT,
  FOREIGN KEY (organization_id, user_id) REFERENCES memberships (organization_id, user_id)
    ON DELETE CASCADE
);
CREATE INDEX api_tokens_by_organization ON api_tokens (organization_id, id);
CREATE INDEX api_tokens_by_member ON api_tokens (organization_id, user_id, id)
  WHERE user_id IS NOT NULL;
-- For reclaiming what is over.
CREATE INDEX api_tokens_by_expiry ON api_tokens (expires_at_ms) WHERE expires_at_ms IS NOT NULL;
CREATE INDEX api_tokens_by_end ON api_tokens (invalidated_at_ms)
  WHERE invalidated_at_ms IS NOT NULL;
