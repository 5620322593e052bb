-- compatible: yes
-- By how much the number of users has changed since it was last summed up into user_counts: rows of
-- their own, so that people who sign up at the same time do not wait for each other.
CREATE TABLE user_count_changes (
  id             INTEGER NOT NULL PRIMARY KEY,
  environment_id INTEGER NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
  change         INTEGER NOT NULL
) STRICT;
CREATE INDEX user_count_changes_by_environment ON user_count_changes (environment_id, change);
