-- Attempts to sign in, one row each, as the log of authentication shows them. The id of an attempt
-- that is a sign-in on our pages is the number of its flow; flows themselves are gone after a day.

CREATE TABLE auth_requests (
  id                  BIGINT           PRIMARY KEY,
  environment_id      BIGINT           NOT NULL,
  status              TEXT COLLATE "C" NOT NULL CHECK (status IN ('INITIATED', 'PENDING', 'SUCCESS',
                                                                  'FAILED')),
  workflow            TEXT COLLATE "C" NOT NULL,
  email               TEXT COLLATE "C" NOT NULL,
  client_id           TEXT COLLATE "C" NOT NULL,
  organization_id     BIGINT,
  connection_id       BIGINT,
  connection_type     TEXT COLLATE "C" NOT NULL,
  connection_provider TEXT COLLATE "C" NOT NULL,
  resource_id         BIGINT,
  detail              TEXT COLLATE "C" NOT NULL,
  created_at_ms       BIGINT           NOT NULL,
  updated_at_ms       BIGINT           NOT NULL
);
CREATE INDEX auth_requests_by_environment ON auth_requests (environment_id, id);
CREATE INDEX auth_requests_by_email ON auth_requests (environment_id, email, id);
