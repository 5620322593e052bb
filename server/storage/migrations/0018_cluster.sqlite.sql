-- compatible: yes
-- The nodes that share this database, and which of them runs the jobs that run once. Both belong to
-- the whole installation, so neither has an environment. Their times are the database's own. See
-- server/cluster/node.h and lease.h.
CREATE TABLE nodes (
  slot          INTEGER PRIMARY KEY CHECK (slot BETWEEN 1 AND 127),
  instance      TEXT    NOT NULL UNIQUE,
  host          TEXT    NOT NULL,
  version       TEXT    NOT NULL,
  started_at_ms INTEGER NOT NULL,
  seen_at_ms    INTEGER NOT NULL
) STRICT;

CREATE TABLE job_leases (
  job            TEXT    PRIMARY KEY,
  holder         TEXT    NOT NULL,
  until_ms       INTEGER NOT NULL,
  last_ran_at_ms INTEGER
) STRICT, WITHOUT ROWID;
