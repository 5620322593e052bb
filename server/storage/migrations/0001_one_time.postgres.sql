-- Things that work once, and void or consumed ones until they are reclaimed. See one_time.h.
CREATE TABLE one_time (
  environment_id BIGINT NOT NULL,
  purpose TEXT COLLATE "C" NOT NULL,
  key_hash BYTEA NOT NULL CHECK (length(key_hash) = 32),
  subject BIGINT,
  payload TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL CHECK (state IN ('live', 'consumed', 'void')),
  created_at_ms BIGINT NOT NULL,
  expires_at_ms BIGINT NOT NULL,
  PRIMARY KEY (environment_id, purpose, key_hash)
);

-- For void_subject.
CREATE INDEX one_time_by_subject ON one_time (environment_id, purpose, subject)
  WHERE subject IS NOT NULL;

-- For reclaim_one_time.
CREATE INDEX one_time_by_expiry ON one_time (expires_at_ms);
