-- Moves the expiry of sessions forward that are still there.
-- KEYS: expiries, sessions. ARGV: when they must have been there, expires, how long
-- to keep them, what the names of users' lists begin with, seen, ids.
for i = 2, #KEYS do
  local session = redis.call('HMGET', KEYS[i], 'expires', 'user', 'seen')
  local expires = tonumber(session[1] or 0)
  local isThere = expires > tonumber(ARGV[1])
  if isThere and tonumber(session[3] or 0) < tonumber(ARGV[5]) then
    redis.call('HSET', KEYS[i], 'seen', ARGV[5])
  end
  if isThere and expires < tonumber(ARGV[2]) then
    redis.call('HSET', KEYS[i], 'expires', ARGV[2])
    redis.call('PEXPIRE', KEYS[i], ARGV[3])
    redis.call('ZADD', KEYS[1], ARGV[2], ARGV[i + 4])
    local list = ARGV[4] .. session[2]
    local left = redis.call('PTTL', list)
    if left >= 0 and left < tonumber(ARGV[3]) then redis.call('PEXPIRE', list, ARGV[3]) end
  end
end
return 1
