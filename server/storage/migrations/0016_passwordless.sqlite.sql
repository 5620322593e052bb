-- Proofs of an address that an application asks for by the API. See server/login/passwordless.h.
-- The codes and links themselves are one-time things.
CREATE TABLE passwordless_requests (
  id             INTEGER PRIMARY KEY,
  environment_id INTEGER NOT NULL REFERENCES environments (id),
  email          TEXT    NOT NULL,
  kind           TEXT    NOT NULL CHECK (kind IN ('code', 'link', 'code_and_link')),
  template       TEXT    CHECK (template IN ('sign_in', 'sign_up')),
  link_uri       TEXT,
  state          TEXT,
  lifetime_ms    INTEGER NOT NULL,
  tries          INTEGER NOT NULL,
  tries_since_ms INTEGER,
  created_at_ms  INTEGER NOT NULL,
  expires_at_ms  INTEGER NOT NULL,
  verified_at_ms INTEGER,
  CHECK (kind = 'code' OR link_uri IS NOT NULL)
) STRICT;
-- For reclaiming what is over.
CREATE INDEX passwordless_requests_by_expiry ON passwordless_requests (expires_at_ms);
