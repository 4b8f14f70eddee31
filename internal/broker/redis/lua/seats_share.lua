-- Replaces what a node says of the people in a room, and gives what others say.
-- KEYS: the room. ARGV: node, lease in ms, what it says ('' for nobody).
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', now + ARGV[2]) .. ' ' .. ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
local others = {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if all[i] ~= ARGV[1] then
    local till, says = string.match(all[i + 1], '^(%d+) (.*)$')
    if till and tonumber(till) > now then
      others[#others + 1] = says
    else
      redis.call('HDEL', KEYS[1], all[i])
    end
  end
end
return others
