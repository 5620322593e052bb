-- compatible: yes
-- Single sign-on. Which connection a sign-in takes and what its provider has said, who somebody is
-- there, where sessions came from, and why a sign-in failed.
ALTER TABLE login_flows ADD COLUMN connection_id BIGINT;
-- The OutsideIdentity of a provider, as JSON, until the flow is over. See server/login.
ALTER TABLE login_flows ADD COLUMN identity TEXT COLLATE "C";
-- The connection that made the session.
ALTER TABLE sessions ADD COLUMN connection_id BIGINT;

-- Who a user is at a provider. See server/users/identity.h.
CREATE TABLE user_identities (
  environment_id     BIGINT           NOT NULL REFERENCES environments (id),
  connection_id      BIGINT           NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
  issuer             TEXT COLLATE "C" NOT NULL CHECK (issuer <> ''),
  subject            TEXT COLLATE "C" NOT NULL CHECK (subject <> ''),
  user_id            BIGINT           NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  email              TEXT COLLATE "C",
  attributes         TEXT COLLATE "C" NOT NULL,
  created_at_ms      BIGINT           NOT NULL,
  last_used_at_ms    BIGINT           NOT NULL,
  PRIMARY KEY (environment_id, connection_id, issuer, subject)
);
CREATE INDEX user_identities_by_user ON user_identities (user_id, connection_id);
CREATE INDEX user_identities_by_connection ON user_identities (connection_id);

-- What signing out at the provider needs, and how its own signing out finds the session.
CREATE TABLE session_origins (
  session_id         BIGINT           NOT NULL PRIMARY KEY
    REFERENCES sessions (id) ON DELETE CASCADE,
  environment_id     BIGINT           NOT NULL,
  connection_id      BIGINT           NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
  issuer             TEXT COLLATE "C" NOT NULL,
  subject            TEXT COLLATE "C" NOT NULL,
  name_id            TEXT COLLATE "C" NOT NULL,
  name_id_format     TEXT COLLATE "C" NOT NULL,
  session_index      TEXT COLLATE "C" NOT NULL
);
CREATE INDEX session_origins_by_subject ON session_origins (connection_id, subject);
CREATE INDEX session_origins_by_name_id ON session_origins (connection_id, name_id);

-- Sign-ins that failed, and those that were tried out. See server/sso/attempt.h.
CREATE TABLE sso_attempts (
  id                 BIGINT           PRIMARY KEY,
  environment_id     BIGINT           NOT NULL REFERENCES environments (id),
  connection_id      BIGINT           ,
  organization_id    BIGINT           ,
  flow_id            BIGINT           ,
  provider           TEXT COLLATE "C" NOT NULL,
  type               TEXT COLLATE "C" NOT NULL,
  diagnosis          TEXT COLLATE "C" NOT NULL,
  expected           TEXT COLLATE "C" NOT NULL,
  received           TEXT COLLATE "C" NOT NULL,
  checks             TEXT COLLATE "C" NOT NULL,
  client_address     TEXT COLLATE "C" NOT NULL,
  user_agent         TEXT COLLATE "C" NOT NULL,
  created_at_ms      BIGINT           NOT NULL
);
CREATE INDEX sso_attempts_by_environment ON sso_attempts (environment_id, id);
CREATE INDEX sso_attempts_by_age ON sso_attempts (created_at_ms);

-- The key that an environment signs its SAML requests with and is sent encrypted assertions for.
CREATE TABLE service_provider_keys (
  environment_id     BIGINT           NOT NULL PRIMARY KEY REFERENCES environments (id),
  sealed_private_key BYTEA            NOT NULL,
  certificate        TEXT COLLATE "C" NOT NULL,
  created_at_ms      BIGINT           NOT NULL
);

-- What the sign-in page offers to everybody, among the connections of all organizations.
CREATE INDEX connections_of_environment ON connections (environment_id, id)
  WHERE organization_id IS NULL;
