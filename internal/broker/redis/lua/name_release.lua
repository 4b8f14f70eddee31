-- Ends a node's use of a guest's name.
-- KEYS: the name. ARGV: node.
redis.call('HDEL', KEYS[1], 'node:' .. ARGV[1], 'making')
return 1
