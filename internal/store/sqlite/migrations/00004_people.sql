-- Conversations, and what a search for people reads.

-- +goose Up
-- The other one, in a conversation; the index is what keeps it the only one.
ALTER TABLE memberships ADD COLUMN peer INTEGER REFERENCES users (id);
-- Out of the user's list until the room's head reaches it; 0: in the list.
ALTER TABLE memberships ADD COLUMN hidden_until INTEGER NOT NULL DEFAULT 0;

CREATE UNIQUE INDEX conversations ON memberships (user, peer) WHERE peer IS NOT NULL;

-- Notices do not count as unread.
CREATE INDEX notices ON messages (room, seq) WHERE kind = 'notice';

-- The name of each user from each of its later words on.
CREATE TABLE user_words (
    tail TEXT    NOT NULL,
    user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (tail, user)
) STRICT, WITHOUT ROWID;

CREATE INDEX words_of_user ON user_words (user);

INSERT INTO user_words (tail, user)
WITH RECURSIVE places (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM places WHERE i < 256)
SELECT substr(folded_name, i), id FROM users JOIN places ON i <= length(folded_name)
WHERE substr(folded_name, i - 1, 1) IN ('_', '.', '-') AND substr(folded_name, i, 1) NOT IN ('_', '.', '-');

-- +goose Down
DROP TABLE user_words;
DROP INDEX notices;
DROP INDEX conversations;
ALTER TABLE memberships DROP COLUMN hidden_until;
ALTER TABLE memberships DROP COLUMN peer;
