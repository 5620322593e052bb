-- Proofs of an address that an application asks for by the API. See server/login/passwordless.h.
-- The codes and links themselves are one-time things.
CREATE TABLE passwordless_requests (
  id             BIGINT           PRIMARY KEY,
  environment_id BIGINT           NOT NULL REFERENCES environments (id),
  email          TEXT COLLATE "C" NOT NULL,
  kind           TEXT COLLATE "C" NOT NULL CHECK (kind IN ('code', 'link', 'code_and_link')),
  template       TEXT COLLATE "C" CHECK (template IN ('sign_in', 'sign_up')),
  link_uri       TEXT COLLATE "C",
  state          TEXT COLLATE "C",
  lifetime_ms    BIGINT           NOT NULL,
  tries          BIGINT           NOT NULL,
  tries_since_ms BIGINT,
  created_at_ms  BIGINT           NOT NULL,
  expires_at_ms  BIGINT           NOT NULL,
  verified_at_ms BIGINT,
  CHECK (kind = 'code' OR link_uri IS NOT NULL)
);
-- For reclaiming what is over.
CREATE INDEX passwordless_requests_by_expiry ON passwordless_requests (expires_at_ms);
