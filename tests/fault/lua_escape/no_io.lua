-- expect: ok
-- nothing of the outside world is there
for _, name in ipairs {"io", "os", "debug", "package", "dofile", "loadfile", "load", "loadstring", "warn", "module"} do assert(_G[name] == nil, name) end
assert(string.dump == nil and not pcall(collectgarbage, "collect") and not pcall(collectgarbage, "stop"))
assert(type(collectgarbage("count")) == "number")
