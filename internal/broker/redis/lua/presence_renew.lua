-- Keeps a node's leases, and looks for nodes whose leases have lapsed.
-- KEYS: nodes. ARGV: node, lease in ms, number of its last change.
-- Gives whether the node is known up to that change, and the lapsed nodes.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known, lapsed = 0, {}
local nodes = redis.call('HGETALL', KEYS[1])
for i = 1, #nodes, 2 do
  local till, number = string.match(nodes[i + 1], '^(%d+):(%d+)$')
  if tonumber(till) <= now then
    if nodes[i] ~= ARGV[1] then lapsed[#lapsed + 1] = nodes[i] end
  elseif nodes[i] == ARGV[1] and number == ARGV[3] then
    known = 1
  end
end
if known == 1 then
  redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', now + ARGV[2]) .. ':' .. ARGV[3])
end
return {known, lapsed}
