-- expect: ok
-- require takes names only
for _, name in ipairs {"", "..", "../x", "a/b", "/etc/passwd", "a..b", ".a", "a.", "a\0b", "a b", ("x"):rep(101)} do
  local ok, e = pcall(require, name)
  assert(not ok and e:find("module name"), e)
end
assert(not pcall(require, "absent"))
