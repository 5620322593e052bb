-- What the management API says of people and their memberships beyond names, and how they are
-- searched for.

-- The parts of a profile that no sign-in asks for: telephone, groups and the like. See
-- server/users/profile.h.
ALTER TABLE users ADD COLUMN profile TEXT COLLATE "C" NOT NULL DEFAULT '{}';

-- Names as they are compared: folded to lower case. See server/users/search.h.
ALTER TABLE users ADD COLUMN search_name TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN search_family TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE users SET search_name = LOWER(name), search_family = LOWER(family_name);
CREATE INDEX users_by_search_name ON users (environment_id, search_name, id)
  WHERE search_name <> '';
CREATE INDEX users_by_search_family ON users (environment_id, search_family, id)
  WHERE search_family <> '';
-- For lists from the newest to the oldest.
CREATE INDEX users_by_environment ON users (environment_id, id);

-- Who asked them in, as the caller of the API said.
ALTER TABLE memberships ADD COLUMN inviter_email TEXT COLLATE "C";

-- How many users there are: lists say so, and counting a million takes too long for that.
CREATE TABLE user_counts (
  environment_id BIGINT PRIMARY KEY REFERENCES environments (id) ON DELETE CASCADE,
  count          BIGINT NOT NULL
);
INSERT INTO user_counts (environment_id, count)
  SELECT environment_id, COUNT(*) FROM users GROUP BY environment_id;
