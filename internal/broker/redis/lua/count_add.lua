-- Adds to a number that is no smaller than a floor, and gives the sum.
-- KEYS: the counter. ARGV: how much, floor, how long to remember it in ms.
local sum = math.max(tonumber(redis.call('HGET', KEYS[1], 'sum') or 0), tonumber(ARGV[2])) + ARGV[1]
redis.call('HSET', KEYS[1], 'sum', string.format('%.0f', sum))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return string.format('%.0f', sum)
