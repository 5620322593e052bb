-- The signing keys of each environment. See server/keys.
-- sealed_key holds the private key while the key may sign, the public key afterwards.
CREATE TABLE signing_keys (
  id               BIGINT           PRIMARY KEY,
  environment_id   BIGINT           NOT NULL REFERENCES environments (id),
  algorithm        TEXT COLLATE "C" NOT NULL CHECK (algorithm IN ('RS256', 'ES256', 'EdDSA')),
  state            TEXT COLLATE "C" NOT NULL CHECK (state IN ('next', 'current', 'retired')),
  created_at_ms    BIGINT           NOT NULL,
  publish_from_ms  BIGINT           NOT NULL,
  active_from_ms   BIGINT           NOT NULL,
  retired_at_ms    BIGINT,
  remove_at_ms     BIGINT,
  longest_token_ms BIGINT           NOT NULL CHECK (longest_token_ms > 0),
  sealed_key       BYTEA            NOT NULL,
  public_jwk       TEXT COLLATE "C" NOT NULL,
  CHECK ((state = 'retired') = (retired_at_ms IS NOT NULL)),
  CHECK ((state = 'retired') = (remove_at_ms IS NOT NULL))
);
CREATE INDEX signing_keys_by_environment ON signing_keys (environment_id, id);
-- Whatever races there are, one key signs and one waits.
CREATE UNIQUE INDEX signing_keys_current ON signing_keys (environment_id, algorithm)
  WHERE state = 'current';
CREATE UNIQUE INDEX signing_keys_next ON signing_keys (environment_id, algorithm)
  WHERE state = 'next';
