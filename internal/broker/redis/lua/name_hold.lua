-- Says that a node uses names of guests.
-- KEYS: the names. ARGV: node, lease in ms, how long to remember a name in ms, then the
-- guest and the network of each name in turn.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i = 1, #KEYS do
  redis.call('HSET', KEYS[i], 'user', ARGV[2 * i + 2], 'from', ARGV[2 * i + 3], 'node:' .. ARGV[1],
    string.format('%.0f', now + ARGV[2]))
  redis.call('HDEL', KEYS[i], 'making')
  redis.call('PEXPIRE', KEYS[i], ARGV[3])
end
return 1
