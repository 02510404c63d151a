-- expect: error a table as table key has no order
-- iteration over keys whose order would be their address
for k in pairs({[{}] = 1, a = 2}) do end
