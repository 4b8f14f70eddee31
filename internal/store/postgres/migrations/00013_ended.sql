-- A client whose session has ended learns why: by the id of the session.

-- +goose Up
CREATE INDEX ended_sessions ON user_log (subject) WHERE kind = 'session';

-- +goose Down
DROP INDEX ended_sessions;
