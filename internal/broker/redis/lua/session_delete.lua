-- Removes a session.
-- KEYS: expiries, the session. ARGV: id, what the names of users' lists begin with.
local user = redis.call('HGET', KEYS[2], 'user')
if user then redis.call('SREM', ARGV[2] .. user, ARGV[1]) end
redis.call('ZREM', KEYS[1], ARGV[1])
return redis.call('DEL', KEYS[2])
