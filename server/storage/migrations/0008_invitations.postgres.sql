-- What stands beside a membership that was offered by mail. See server/orgs/invitation.h.
-- token_hash is of the newest link; the links themselves are one-time things.

CREATE TABLE invitations (
  organization_id BIGINT           NOT NULL,
  user_id         BIGINT           NOT NULL,
  id              BIGINT           NOT NULL UNIQUE,
  environment_id  BIGINT           NOT NULL,
  inviter_email   TEXT COLLATE "C",
  created_at_ms   BIGINT           NOT NULL,
  expires_at_ms   BIGINT           NOT NULL,
  accepted_at_ms  BIGINT,
  resent_at_ms    BIGINT,
  resent_count    BIGINT           NOT NULL DEFAULT 0,
  token_hash      BYTEA            NOT NULL,
  PRIMARY KEY (organization_id, user_id),
  FOREIGN KEY (organization_id, user_id) REFERENCES memberships (organization_id, user_id)
    ON DELETE CASCADE
);
