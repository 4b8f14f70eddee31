-- Ends leases of a node that has lapsed, a part of them at a time.
-- KEYS: nodes, users. ARGV: node, cursor, how many users to look at.
-- Gives the next cursor, '0' at the end, and for each user with such a lease
-- the user and what nodes said of it before and say now.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local till = string.match(redis.call('HGET', KEYS[1], ARGV[1]) or '', '^(%d+):')
if not till or tonumber(till) > now then return {'0', {}} end

local mark = ARGV[1] .. '='
local ended = {}
local part = redis.call('HSCAN', KEYS[2], ARGV[2], 'COUNT', ARGV[3])
local users = part[2]
for i = 1, #users, 2 do
  local before = users[i + 1]
  local from = string.find(before, mark, 1, true)
  if from then
    local after = string.sub(before, 1, from - 1) .. string.sub(before, from + #mark + 2)
    if after == '' then
      redis.call('HDEL', KEYS[2], users[i])
    else
      redis.call('HSET', KEYS[2], users[i], after)
    end
    ended[#ended + 1] = users[i]
    ended[#ended + 1] = before
    ended[#ended + 1] = after
  end
end
if part[1] == '0' then redis.call('HDEL', KEYS[1], ARGV[1]) end
return {part[1], ended}
