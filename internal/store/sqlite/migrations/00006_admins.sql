-- Whether there is an admin is asked at each sign-up.

-- +goose Up
CREATE INDEX users_admins ON users (role) WHERE role = 'admin';
