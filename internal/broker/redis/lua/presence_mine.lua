-- Gives users of whom a node has leases, a part of them at a time.
-- KEYS: users. ARGV: node, cursor, how many users to look at.
local part = redis.call('HSCAN', KEYS[1], ARGV[2], 'COUNT', ARGV[3])
local mine = {}
for i = 1, #part[2], 2 do
  if string.find(part[2][i + 1], ARGV[1] .. '=', 1, true) then mine[#mine + 1] = part[2][i] end
end
return {part[1], mine}
