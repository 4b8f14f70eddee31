-- Makes a node a user of a guest's name, unless another node uses it for another network.
-- KEYS: the name. ARGV: node, network, lease in ms, how long to remember the name in ms,
-- how long to wait for who makes the guest in ms.
-- Gives 'used', 'taken' or 'wait' and the guest, or 'new' if there is none.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local user, from, making = unpack(redis.call('HMGET', KEYS[1], 'user', 'from', 'making'))
if not user then
  if making and tonumber(making) > now then return {'wait', '0'} end
  redis.call('HSET', KEYS[1], 'making', string.format('%.0f', now + ARGV[5]))
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
  return {'new', '0'}
end
local mine = 'node:' .. ARGV[1]
local taken = false
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if string.sub(all[i], 1, 5) == 'node:' and all[i] ~= mine then
    if tonumber(all[i + 1]) > now then
      taken = true
    else
      redis.call('HDEL', KEYS[1], all[i])
    end
  end
end
if taken and (ARGV[2] == '' or from ~= ARGV[2]) then return {'taken', user} end
redis.call('HSET', KEYS[1], 'from', ARGV[2], mine, string.format('%.0f', now + ARGV[3]))
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return {'used', user}
