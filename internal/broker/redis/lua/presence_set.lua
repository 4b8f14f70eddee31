-- Changes a node's leases of users, if the node is known up to its last change:
-- so nothing is changed that was sent long ago, or in ignorance of a loss.
-- KEYS: nodes, users. ARGV: node, number of its last change, number of this
-- one, then user and state ('o', 'a', or '' to end the lease) in turn.
-- Gives false, or for each user what nodes said of it before and say now.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local till, number = string.match(redis.call('HGET', KEYS[1], ARGV[1]) or '', '^(%d+):(%d+)$')
if not till or tonumber(till) <= now or number ~= ARGV[2] then return false end
redis.call('HSET', KEYS[1], ARGV[1], till .. ':' .. ARGV[3])

local mark = ARGV[1] .. '='
local answer = {}
for i = 4, #ARGV, 2 do
  local before = redis.call('HGET', KEYS[2], ARGV[i]) or ''
  local after = before
  local from = string.find(after, mark, 1, true)
  if from then after = string.sub(after, 1, from - 1) .. string.sub(after, from + #mark + 2) end
  if ARGV[i + 1] ~= '' then after = after .. mark .. ARGV[i + 1] .. ';' end
  if after == '' then
    redis.call('HDEL', KEYS[2], ARGV[i])
  elseif after ~= before then
    redis.call('HSET', KEYS[2], ARGV[i], after)
  end
  answer[#answer + 1] = before
  answer[#answer + 1] = after
end
return answer
