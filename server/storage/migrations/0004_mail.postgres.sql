-- Letters to send, and for a while what became of them. See server/mail/outbox.h.
-- sealed_content is there only while a letter waits: codes and links do not outlive their sending.
CREATE TABLE mail_outbox (
  id              BIGINT           PRIMARY KEY,
  environment_id  BIGINT           NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
  recipient       TEXT COLLATE "C" NOT NULL,
  purpose         TEXT COLLATE "C" NOT NULL,
  state           TEXT COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
  sealed_content  BYTEA,
  attempts        BIGINT           NOT NULL DEFAULT 0,
  due_at_ms       BIGINT           NOT NULL,
  useful_until_ms BIGINT           NOT NULL,
  created_at_ms   BIGINT           NOT NULL,
  ended_at_ms     BIGINT,
  last_error      TEXT COLLATE "C",
  CHECK ((state = 'waiting') = (sealed_content IS NOT NULL)),
  CHECK ((state = 'waiting') = (ended_at_ms IS NULL))
);

-- For claiming what is due.
CREATE INDEX mail_outbox_due ON mail_outbox (due_at_ms) WHERE state = 'waiting';
-- For reclaiming what is over.
CREATE INDEX mail_outbox_ended ON mail_outbox (ended_at_ms) WHERE state <> 'waiting';
CREATE INDEX mail_outbox_by_environment ON mail_outbox (environment_id, id);
