-- compatible: yes
-- The nodes that share this database, and which of them runs the jobs that run once. Both belong to
-- the whole installation, so neither has an environment. Their times are the database's own. See
-- server/cluster/node.h and lease.h.
CREATE TABLE nodes (
  slot          BIGINT           PRIMARY KEY CHECK (slot BETWEEN 1 AND 127),
  instance      TEXT COLLATE "C" NOT NULL UNIQUE,
  host          TEXT COLLATE "C" NOT NULL,
  version       TEXT COLLATE "C" NOT NULL,
  started_at_ms BIGINT           NOT NULL,
  seen_at_ms    BIGINT           NOT NULL
);

CREATE TABLE job_leases (
  job            TEXT COLLATE "C" PRIMARY KEY,
  holder         TEXT COLLATE "C" NOT NULL,
  until_ms       BIGINT           NOT NULL,
  last_ran_at_ms BIGINT
);
