-- Attempts to sign in, one row each, as the log of authentication shows them. The id of an attempt
-- that is a sign-in on our pages is the number of its flow; flows themselves are gone after a day.

CREATE TABLE auth_requests (
  id                  INTEGER PRIMARY KEY,
  environment_id      INTEGER NOT NULL,
  status              TEXT    NOT NULL CHECK (status IN ('INITIATED', 'PENDING', 'SUCCESS',
                                                         'FAILED')),
  workflow            TEXT    NOT NULL,
  email               TEXT    NOT NULL,
  client_id           TEXT    NOT NULL,
  organization_id     INTEGER,
  connection_id       INTEGER,
  connection_type     TEXT    NOT NULL,
  connection_provider TEXT    NOT NULL,
  resource_id         INTEGER,
  detail              TEXT    NOT NULL,
  created_at_ms       INTEGER NOT NULL,
  updated_at_ms       INTEGER NOT NULL
) STRICT;
CREATE INDEX auth_requests_by_environment ON auth_requests (environment_id, id);
CREATE INDEX auth_requests_by_email ON auth_requests (environment_id, email, id);
