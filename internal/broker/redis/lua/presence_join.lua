-- Registers a node, whatever was known of it before.
-- KEYS: nodes. ARGV: node, lease in ms, number.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', now + ARGV[2]) .. ':' .. ARGV[3])
return 1
