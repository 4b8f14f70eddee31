-- Removes sessions that have expired, some at a time.
-- KEYS: expiries. ARGV: now, how many, what the names of sessions and of users'
-- lists begin with. Gives how many there were, and for each one of which
-- something is known: id, user, data, created, expires, seen, device.
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
local gone = {}
for _, id in ipairs(ids) do
  local session = redis.call('HMGET', ARGV[3] .. id, 'user', 'data', 'created', 'expires', 'seen', 'device')
  redis.call('ZREM', KEYS[1], id)
  if session[1] then
    redis.call('SREM', ARGV[4] .. session[1], id)
    redis.call('DEL', ARGV[3] .. id)
    gone[#gone + 1] = id
    for i = 1, 6 do gone[#gone + 1] = session[i] or '' end
  end
end
return {#ids, gone}
