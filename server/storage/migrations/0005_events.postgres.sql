-- What happened, for applications to hear of.

CREATE TABLE events (
  id              BIGINT           PRIMARY KEY,
  environment_id  BIGINT           NOT NULL REFERENCES environments (id),
  type            TEXT COLLATE "C" NOT NULL,
  object          TEXT COLLATE "C" NOT NULL,
  organization_id BIGINT,
  occurred_at_ms  BIGINT           NOT NULL,
  data            TEXT COLLATE "C" NOT NULL
);
CREATE INDEX events_by_environment ON events (environment_id, id);
CREATE INDEX events_by_organization ON events (organization_id, id)
  WHERE organization_id IS NOT NULL;
