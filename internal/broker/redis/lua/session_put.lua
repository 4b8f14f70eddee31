-- Stores or replaces a session; a replaced one keeps the time it was created.
-- KEYS: expiries, the session. ARGV: id, user, data, created, expires, how long
-- to keep it, what the names of users' lists begin with, seen, device. Times are in ms.
local before = redis.call('HMGET', KEYS[2], 'user', 'created')
if before[1] and before[1] ~= ARGV[2] then redis.call('SREM', ARGV[7] .. before[1], ARGV[1]) end
redis.call('HSET', KEYS[2], 'user', ARGV[2], 'data', ARGV[3], 'created', before[2] or ARGV[4], 'expires', ARGV[5],
  'seen', ARGV[8], 'device', ARGV[9])
redis.call('PEXPIRE', KEYS[2], ARGV[6])
redis.call('ZADD', KEYS[1], ARGV[5], ARGV[1])
if ARGV[2] ~= '0' then
  local list = ARGV[7] .. ARGV[2]
  redis.call('SADD', list, ARGV[1])
  if redis.call('PTTL', list) < tonumber(ARGV[6]) then redis.call('PEXPIRE', list, ARGV[6]) end
end
return 1
