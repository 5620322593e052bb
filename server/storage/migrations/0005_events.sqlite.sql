-- What happened, for applications to hear of.

CREATE TABLE events (
  id              INTEGER PRIMARY KEY,
  environment_id  INTEGER NOT NULL REFERENCES environments (id),
  type            TEXT    NOT NULL,
  object          TEXT    NOT NULL,
  organization_id INTEGER,
  occurred_at_ms  INTEGER NOT NULL,
  data            TEXT    NOT NULL
) STRICT;
CREATE INDEX events_by_environment ON events (environment_id, id);
CREATE INDEX events_by_organization ON events (organization_id, id)
  WHERE organization_id IS NOT NULL;
