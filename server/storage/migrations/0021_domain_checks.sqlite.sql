-- compatible: yes
-- When a domain is looked up in the DNS: see server/orgs/domain_check.h. 0: since it was added, and
-- at once.
ALTER TABLE domains ADD COLUMN pending_since_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE domains ADD COLUMN next_check_at_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE domains ADD COLUMN failed_checks    INTEGER NOT NULL DEFAULT 0;
CREATE INDEX domains_to_check ON domains (next_check_at_ms, id)
  WHERE verification_method = 'DNS' AND verification_status IN ('PENDING', 'VERIFIED');
