-- What the management API says of an organization beyond its names, and the links by which its own
-- administrators enter the portal.

ALTER TABLE organizations ADD COLUMN logo_url TEXT COLLATE "C";
ALTER TABLE organizations ADD COLUMN region TEXT COLLATE "C" CHECK (region IN ('US', 'EU'));
-- NULL and 0: as many as like. Counts active members and those that are invited.
ALTER TABLE organizations ADD COLUMN max_allowed_users BIGINT CHECK (max_allowed_users >= 0);

-- Which features its people may use.
ALTER TABLE organizations ADD COLUMN has_sso BIGINT NOT NULL DEFAULT 1;
ALTER TABLE organizations ADD COLUMN has_dir_sync BIGINT NOT NULL DEFAULT 1;
ALTER TABLE organizations ADD COLUMN has_domain_verification BIGINT NOT NULL DEFAULT 1;
ALTER TABLE organizations ADD COLUMN has_session_policy BIGINT NOT NULL DEFAULT 0;

-- Its own session lifetimes, each as a number and the unit it was given in. Kept only while the
-- source is CUSTOM.
ALTER TABLE organizations ADD COLUMN session_policy_source TEXT COLLATE "C"
  NOT NULL DEFAULT 'APPLICATION'
  CHECK (session_policy_source IN ('APPLICATION', 'CUSTOM'));
ALTER TABLE organizations ADD COLUMN session_absolute_count BIGINT;
ALTER TABLE organizations ADD COLUMN session_absolute_unit TEXT COLLATE "C"
  CHECK (session_absolute_unit IN ('MINUTES', 'HOURS', 'DAYS'));
ALTER TABLE organizations ADD COLUMN session_idle_enabled BIGINT NOT NULL DEFAULT 0;
ALTER TABLE organizations ADD COLUMN session_idle_count BIGINT;
ALTER TABLE organizations ADD COLUMN session_idle_unit TEXT COLLATE "C"
  CHECK (session_idle_unit IN ('MINUTES', 'HOURS', 'DAYS'));

-- What a search looks through, a line each. The index holds it, so a search reads nothing else.
ALTER TABLE organizations ADD COLUMN search_text TEXT COLLATE "C" GENERATED ALWAYS AS (
  lower(display_name || chr(10) || COALESCE(external_id, '') || chr(10) || COALESCE(slug, ''))
) STORED;
CREATE INDEX organizations_by_search_text ON organizations (environment_id, id, search_text);

-- A link works once, within a minute, and what it opens is a portal session of some hours: they are
-- one row, so revoking the link ends the session too. `features` is a JSON array of names; an empty
-- one means all that the organization has.
CREATE TABLE portal_links (
  id                    BIGINT           PRIMARY KEY,
  environment_id        BIGINT           NOT NULL REFERENCES environments (id),
  organization_id       BIGINT           NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  token_hash            BYTEA            NOT NULL UNIQUE,
  features              TEXT COLLATE "C" NOT NULL,
  created_at_ms         BIGINT           NOT NULL,
  expires_at_ms         BIGINT           NOT NULL,
  opened_at_ms          BIGINT,
  session_hash          BYTEA            UNIQUE,
  session_expires_at_ms BIGINT,
  CHECK ((opened_at_ms IS NULL) = (session_hash IS NULL)),
  CHECK ((opened_at_ms IS NULL) = (session_expires_at_ms IS NULL))
);
CREATE INDEX portal_links_by_organization ON portal_links (organization_id, id);
CREATE INDEX portal_links_by_expiry ON portal_links (expires_at_ms);
