/* script_call_test.c: the language of strategies is Lua 5.4: what the sandbox's own library answers is what the stock one
 * does, snippet by snippet, where the sandbox does not say otherwise on purpose (order of keys, names that are not there). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <lauxlib.h>
#include <lualib.h>

#include "script/sandbox.h"

/* Makes words of all that a snippet returns; of an error only that it is one. */
static const char frame[] = "local function words(ok, ...)\n"
                            "  if not ok then return 'error' end\n"
                            "  local out, n = {}, select('#', ...)\n"
                            "  for i = 1, n do\n"
                            "    local v = (select(i, ...))\n"
                            "    out[i] = math.type(v) == 'float' and string.format('%%.14g', v) .. 'f' or type(v) == "
                            "'string' and '\"' .. v .. '\"' or tostring(v)\n"
                            "  end\n"
                            "  return table.concat(out, ' ')\n"
                            "end\n"
                            "function answer() return words(pcall(function() %s end)) end\n"
                            "result = answer()\n";

static const char *const snippets[] = {
    /* tables */
    "local t = {1, 2, 3} table.insert(t, 4) table.insert(t, 1, 0) table.insert(t, 3, 9) return #t, table.unpack(t)",
    "local s = string.rep('x', 250000) return select('#', s:byte(-250001, -1)), select('#', s:byte(0, 250000))",
    "local t = {1, 2, 3} table.insert(t, 5, 4)",
    "local t = {1, 2, 3} table.insert(t, 0, 4)",
    "local t = {} table.insert(t, 1, 'a') return t[1]",
    "table.insert({}, 1, 2, 3)",
    "table.insert({})",
    "table.insert(nil, 1)",
    "local t = {1, 2, 3} return table.remove(t), table.remove(t, 1), #t, t[1]",
    "return table.remove({}), table.remove({}, 0)",
    "local t = {1, 2, 3} return table.remove(t, 4), #t",
    "local t = {1, 2, 3} table.remove(t, 5)",
    "table.remove({1, 2}, -1)",
    "local t = {n = 1, [0] = 'zero'} return table.remove(t, 0), t[0]",
    "return table.concat({1, 2, 'x', 4.5}, ', ')",
    "return table.concat({1, 2, 3}, '-', 2)",
    "return table.concat({1, 2, 3}, '-', 2, 3)",
    "return table.concat({1, 2, 3}, '-', 3, 2)",
    "return table.concat({})",
    "table.concat({1, {}, 3})",
    "table.concat({1, nil, 3}, ',', 1, 3)",
    "return table.unpack({1, 2, 3})",
    "return table.unpack({1, 2, 3}, 2)",
    "return table.unpack({1, 2, 3}, 2, 5)",
    "return table.unpack({1, 2}, 3)",
    "return table.unpack({1, 2, 3}, -1, 1)",
    "return table.pack(1, nil, 3).n, table.pack().n, table.pack(nil).n",
    "table.unpack({}, 1, 1e8)",
    "local t = table.move({1, 2, 3}, 1, 3, 2) return table.unpack(t)",
    "local t = table.move({1, 2, 3}, 2, 3, 1) return table.unpack(t)",
    "local t = table.move({1, 2, 3}, 1, 3, 3, {9}) return t[1], t[2], t[3], t[4], t[5]",
    "local t = table.move({1, 2}, 1, 0, 5) return #t",
    "table.move({}, 1, math.maxinteger, 2)",
    "table.move({}, -1, math.maxinteger, 2)",
    "table.move({}, -1, math.maxinteger - 1, 2)",
    "table.move({}, 0, math.maxinteger, 2)",
    "local t = {5, 2, 8, 1, 9, 3, 7} table.sort(t) return table.unpack(t)",
    "local t = {5, 2, 8, 1, 9, 3, 7} table.sort(t, function(a, b) return a > b end) return table.unpack(t)",
    "local t = {'b', 'a', 'c', 'B', ''} table.sort(t) return table.unpack(t)",
    "local t = {1, 'a'} table.sort(t)",
    "table.sort({3, 1, nil, 2})",
    "local t = {} for i = 1, 300 do t[i] = i * 7919 % 1009 end table.sort(t) for i = 2, 300 do if t[i - 1] > t[i] then "
    "return i end end return 'sorted'",
    "local t = {} for i = 1, 100 do t[i] = 100 - i end table.sort(t) return t[1], t[50], t[100]",
    "table.sort({1, 2, 3}, function() error('x') end)",
    "local t = {} table.sort(t) return #t",
    "local t = {1} table.sort(t) return t[1]",
    "local t = {2, 1} table.sort(t) return t[1], t[2]",
    "local t = {3.5, 1, 2.25, -1} table.sort(t) return table.unpack(t)",
    "return #{1, 2, nil, 4} > 0, next({}), type(next({1}))",
    "return next({10})",
    "return rawlen({1, 2}), rawlen('abc')",
    "rawlen(5)",
    "return rawequal('a', 'a'), rawequal({}, {}), rawget({7}, 1), rawget({}, 1)",
    "local t = {} rawset(t, 'x', 3) return t.x",
    "rawset({}, nil, 1)",
    "local n = 0 for k, v in pairs({1, 2, x = 3}) do n = n + v end return n",
    "local s = '' for i, v in ipairs({'a', 'b', nil, 'd'}) do s = s .. i .. v end return s",
    "local s = 0 for i, v in ipairs(setmetatable({}, {__index = function(_, i) if i < 5 then return i end end})) do s "
    "= s + v end return s",
    "return select('#'), select('#', nil, nil), select(2, 'a', 'b', 'c'), (select(-1, 'a', 'b'))",
    "select(0)",
    "select(-3, 1, 2)",
    "return select(4, 1, 2)",
    /* metatables */
    "local m = setmetatable({}, {__add = function(a, b) return 'add' end, __sub = function() return 'sub' end, __mul = "
    "function() return 'mul' end}) return m + 1, 1 - m, m * m",
    "local m = setmetatable({}, {__div = function() return 'div' end, __mod = function() return 'mod' end, __pow = "
    "function() return 'pow' end, __idiv = function() return 'idiv' end, __unm = function() return 'unm' end}) return "
    "m / 1, m % 1, m ^ 2, m // 1, -m",
    "local m = setmetatable({}, {__band = function() return 1 end, __bor = function() return 2 end, __bxor = "
    "function() return 3 end, __bnot = function() return 4 end, __shl = function() return 5 end, __shr = function() "
    "return 6 end}) return m & 1, m | 1, m ~ 1, ~m, m << 1, m >> 1",
    "local m = setmetatable({}, {__concat = function(a, b) return 'cat' end, __len = function() return 42 end}) return "
    "m .. 'x', 'x' .. m, #m",
    "local mt = {__eq = function() return true end, __lt = function() return true end, __le = function() return false "
    "end} local a, b = setmetatable({}, mt), setmetatable({}, mt) return a == b, a < b, a <= b, a > b, a ~= b",
    "local m = setmetatable({}, {__index = {x = 1}, __newindex = function(t, k, v) rawset(t, k, v * 2) end}) m.y = 4 "
    "return m.x, m.y, m.z",
    "local m = setmetatable({}, {__index = function(t, k) return k .. '!' end}) return m.a, m[1]",
    "local p = {} local m = setmetatable({}, {__newindex = p}) m.x = 3 return rawget(m, 'x'), p.x",
    "local m = setmetatable({}, {__call = function(self, a, b) return a, b, self ~= nil end}) return m(1, 2)",
    "local m = setmetatable({}, {__tostring = function() return 'me' end}) return tostring(m)",
    "local m = setmetatable({}, {__tostring = function() return 5 end}) return tostring(m)",
    "local m = setmetatable({}, {__name = 'kind'}) return (tostring(m):gsub(':.*', ''))",
    "local m = setmetatable({}, {__metatable = 'no'}) return getmetatable(m), pcall(setmetatable, m, {})",
    "return getmetatable({}), getmetatable(setmetatable({}, {x = 1})).x",
    "local mt = {x = 1} local t = setmetatable({}, mt) return getmetatable(t) == mt, getmetatable(t).x",
    "local t = setmetatable({}, {__index = {a = 1}}) setmetatable(t, nil) return t.a, getmetatable(t)",
    "local mt = {} local t = setmetatable({}, mt) mt.__index = function() return 'later' end return t.x",
    "local mt = {__index = {a = 1}} local t = setmetatable({}, mt) mt.__index = {a = 2} return t.a",
    "local mt = {} local t = setmetatable({}, mt) mt.__add = function() return 'late' end return t + 1",
    "local t = setmetatable({}, {__pairs = function(t) return function(_, k) if not k then return 1, 2 end end, t, nil "
    "end}) for k, v in pairs(t) do return k, v end",
    "setmetatable(1, {})",
    "setmetatable({}, 1)",
    "setmetatable({})",
    "return setmetatable({1}, nil)[1]",
    "local a = setmetatable({}, {__index = setmetatable({}, {__index = {deep = 'yes'}})}) return a.deep",
    "local t <close> = setmetatable({}, {__close = function() end}) return 'closed'",
    "local s = '' do local t <close> = setmetatable({}, {__close = function() s = s .. 'c' end}) s = s .. 'b' end "
    "return s",
    "local c <const> = 5 return c",
    "local mt = {__lt = function(a, b) return a.v < b.v end} local t = {} for i = 1, 9 do t[i] = setmetatable({v = i * "
    "5 % 11}, mt) end table.sort(t) local s = '' for i = 1, 9 do s = s .. t[i].v .. ' ' end return s",
    "local mm = {__index = function(_, k) return k .. '?' end} local mt = setmetatable({}, mm) local t = "
    "setmetatable({}, mt) return mt.foo, getmetatable(mt) == mm, getmetatable(t) == mt",
    "local mm = {__len = function() return 5 end, __call = function(_, x) return x end, __tostring = function() return "
    "'M' end} local mt = setmetatable({}, mm) setmetatable({}, mt) return #mt, mt(7), tostring(mt)",
    "local log = '' local mm = {__newindex = function(t, k, v) log = log .. k rawset(t, k, v) end} local mt = "
    "setmetatable({}, mm) local t = setmetatable({}, mt) mt.__add = function() return 'sum' end mt.x = 1 return log, t "
    "+ 1, mt.x",
    "local p = {} local mt = setmetatable({}, {__newindex = p}) setmetatable({}, mt) mt.y = 4 return rawget(mt, 'y'), "
    "p.y",
    "local mt = {} local t = setmetatable({}, mt) setmetatable(mt, {__index = {z = 9}}) return mt.z, "
    "getmetatable(mt).__index.z, getmetatable(t) == mt",
    "local mt = setmetatable({}, {__index = {a = 1}}) local t = setmetatable({}, mt) setmetatable(mt, nil) return "
    "mt.a, getmetatable(mt)",
    "local mt = {} mt.__index = mt function mt.new(v) return setmetatable({v = v}, mt) end function mt:get() return "
    "self.v end return mt.new(3):get(), mt.new(4):get()",
    "local base = {} base.__index = base function base.hi() return 'hi' end local sub = setmetatable({}, base) "
    "sub.__index = sub local o = setmetatable({}, sub) return o.hi(), getmetatable(sub) == base",
    "local mt = {} local a, b = setmetatable({}, mt), setmetatable({}, mt) mt.__eq = function() return true end "
    "mt.__len = function() return 3 end return a == b, #a, next(mt) ~= nil",
    "local mt = {} setmetatable({}, mt) mt.x = 1 local n = 0 for k in pairs(mt) do n = n + 1 end return n, rawget(mt, "
    "'x'), rawlen(mt)",
    /* strings */
    "return ('abc'):sub(2), ('abc'):sub(-2), ('abc'):sub(2, 2), ('abc'):sub(0), ('abc'):sub(4), ('abc'):sub(-10, 2), "
    "('abc'):sub(2, -2), ('abc'):sub(3, 2)",
    "return ('abc'):upper(), ('ABC1'):lower(), ('abc'):len(), ('abc'):reverse(), ('ab'):rep(3), ('ab'):rep(3, '-'), "
    "('ab'):rep(0), ('ab'):rep(-1), ('ab'):rep(1, '-')",
    "return ('abc'):byte(), ('abc'):byte(-1), ('abc'):byte(1, 3), ('abc'):byte(10), ('abc'):byte(3, 2)",
    "return string.char(), string.char(72, 105)",
    "string.char(256)",
    "string.char(-1)",
    "return ('hello world'):find('wor'), ('hello'):find('l'), ('hello'):find('l', 4), ('hello'):find('l', -2), "
    "('hello'):find('x'), ('hello'):find(''), ('hello'):find('', 6), ('hello'):find('', 7)",
    "return ('a.b'):find('.', 1, true), ('a.b'):find('%.'), ('a+b'):find('+', 1, true), ('abc'):find('b', 1, true), "
    "('abc'):find('d', 1, true)",
    "return ('key = value'):match('(%w+)%s*=%s*(%w+)'), ('abc'):match('^b'), ('abc'):match('b()'), "
    "('abc'):match('()b'), ('  x '):match('^%s*(.-)%s*$')",
    "return ('2024-01-02'):match('(%d+)-(%d+)-(%d+)')",
    "return ('THE (quick) fox'):find('%((%a+)%)'), ('f(a(b)c)d'):match('%b()'), ('[[x]]'):match('%[%[(.-)%]%]')",
    "return ('THE (quick) fox'):gsub('%a+', string.lower), ('abc'):gsub('', '-'), ('hello'):gsub('l', {l = 'L'}), "
    "('hello'):gsub('(h)(e)', '%2%1'), ('abc'):gsub('%w', '%0%0')",
    "return ('hello world'):gsub('o', '0', 1), ('abc'):gsub('b', function() return false end), ('abc'):gsub('b', "
    "function() return nil end), ('x'):gsub('x', '%%')",
    "('x'):gsub('x', '%2')",
    "('x'):gsub('x', '%')",
    "('x'):gsub('x', function() return {} end)",
    "local s = '' for k, v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do s = s .. k .. v end return s",
    "local n = 0 for w in ('one two three'):gmatch('%a+') do n = n + #w end return n",
    "local s = '' for p in ('abc'):gmatch('()') do s = s .. p end return s",
    "local s = '' for w in ('abcabc'):gmatch('b', 3) do s = s .. w end return s",
    "return ('THE END'):match('%u+'), ('x1y2'):gsub('%d', ''), ('%d'):gsub('%%d', '%%s')",
    "return ('a-b-c'):match('a.-c'), ('a-b-c'):match('a.*-'), ('aaa'):match('a-'), ('aaa'):match('a-$'), "
    "('aaab'):match('a+b'), ('b'):match('a*b'), ('b'):match('a?b'), ('ab'):match('a?b')",
    "return ('[x]'):match('[%]]'), ('a]'):match('[]]'), ('a^'):match('[%^]'), ('a^b'):match('[^a]'), "
    "('f-g'):match('[f%-]+'), ('m'):match('[a-z]'), ('M'):match('[a-z]'), ('5'):match('[^%d]')",
    "return ('THE (frontier)'):find('%f[%a]%a+'), ('hello.world'):match('%f[%w]%w+$'), ('x'):match('%f[%z]'), "
    "('\\0a'):match('%z'), ('a\\0b'):len()",
    "('x'):match('[a')",
    "('x'):match('%')",
    "('x'):match('(x')",
    "('x'):match('x)')",
    "('x'):match('%b')",
    "('x'):match('%f')",
    "('xx'):match('(x)%2')",
    "return ('xx'):match('(x)%1'), ('xyxy'):match('(xy)%1'), ('xyxz'):match('(xy)%1'), "
    "('\"it\"'):match('([\"\\'])(.-)%1')",
    "return ('a\\nb'):match('a.b'), ('  '):match('%s+'), ('!?'):match('%p+'), ('\\t'):match('%c'), "
    "('fF0'):match('%x+'), ('g'):match('%x')",
    "return ('%5d|%-5d|%05d|%+d|% d'):format(42, 42, 42, 42, 42)",
    "return ('%x|%X|%#x|%o'):format(255, 255, 255, 8)",
    "return ('%5.2f|%.0f|%e|%g|%g'):format(3.14159, 2.5, 12345.678, 0.0001, 1e20)",
    "return ('%s|%10s|%-10s|%.2s'):format('abc', 'abc', 'abc', 'abc')",
    "return ('%q'):format('a\\nb\"c\\0d'), ('%q'):format(1), ('%q'):format(0.1), ('%q'):format(math.mininteger)",
    "return ('%c%c'):format(72, 105), ('%%'):format(), ('%i'):format(3), ('%u'):format(3)",
    "return ('%a'):format(1.0)",
    "('%d'):format(1.5)",
    "('%d'):format('x')",
    "('%y'):format(1)",
    "('%'):format(1)",
    "('%d'):format()",
    "return ('%d'):format(3.0), ('%d'):format('10'), ('%s'):format(nil), ('%s'):format(true), ('%s %s'):format(1, 2.0)",
    "('%100d'):format(1)",
    "return ('%99d'):format(1)",
    "return ('%.99f'):format(1/3)",
    "return ('%-99s|'):format('x')",
    "('%.100f'):format(1)",
    "return ('%s'):format(setmetatable({}, {__tostring = function() return 'T' end}))",
    "return tostring(1), tostring(1.0), tostring(-0.0), tostring(1e100), tostring(nil), tostring(true), tostring(1/0), "
    "tostring(-1/0), tostring(0/0) == tostring(0/0)",
    "return #tostring(print) > 0",
    "return tonumber('10'), tonumber('0x1F'), tonumber('1e2'), tonumber(' 5 '), tonumber('5x'), tonumber(''), "
    "tonumber('10', 2), tonumber('zz', 36), tonumber('8', 8), tonumber('-ff', 16), tonumber(nil)",
    "return tonumber('10', 2), tonumber('7', 8), tonumber('9', 9), tonumber('1_0')",
    "tonumber('1', 1)",
    "tonumber('1', 37)",
    "tonumber(1, 10)",
    "tonumber()",
    "return tonumber('0x.8p1'), tonumber('inf'), tonumber('nan'), tonumber('1e'), tonumber('0x')",
    "return 'a' < 'b', 'a' < 'B', 'abc' < 'abd', '' < 'a', 'Z' < 'a', 'a' <= 'a', 'b' > 'a'",
    "return 1 < 'x'",
    "return 10 .. 20, 1.5 .. 'x', -1 .. ''",
    "return #'abc', 'x' == 'x', '10' + 5, '3' * '4', 10 // '3'",
    "return {} .. 'x'",
    "return utf8 and utf8.char(228, 8364), utf8 and utf8.len('äb')",
    "return string.pack and #string.pack('i4', 7)",
    "return ('x'):rep(1e10)",
    "return ('abc'):find('b', nil, nil), ('abc'):find('c', 10), ('abc'):find('a', -100)",
    /* numbers */
    "return 7 // 2, -7 // 2, 7 % 3, -7 % 3, 7 % -3, 7.5 // 2, -7.5 % 2, 2 ^ 10, 7 / 2, 1e15, 2^53",
    "return 1 // 0",
    "return 1 % 0",
    "return 1.0 // 0, -1 / 0, 5.0 % math.huge, -5.0 % math.huge",
    "return 3 & 5, 3 | 5, 3 ~ 5, ~0, 1 << 62, 1 << 63, 1 << 64, -1 >> 1, 2.0 & 3",
    "return 1.5 & 1",
    "return '3' & 1",
    "return math.maxinteger + 1 == math.mininteger, math.maxinteger * 2, math.mininteger // -1, math.maxinteger // 1 | "
    "0",
    "return 1 == 1.0, math.type(1), math.type(1.0), math.type('1'), 0.1 + 0.2, 100000000000000, 1e14",
    "return 3 == '3', 0 == -0, 1 < 1.5, 2^63 == math.maxinteger + 1.0, math.maxinteger < 2^63",
    "return math.abs(-3), math.abs(3.5), math.abs(math.mininteger), math.ceil(1.2), math.ceil(-1.2), math.floor(1.8), "
    "math.floor(-1.8), math.floor(5), math.ceil(5)",
    "return math.max(1, 5, 3), math.min(4, 2, 8), math.max(1.5, 1), math.min(-0.5, 0)",
    "math.max()",
    "math.min()",
    "return math.sqrt(16), math.fmod(7, 3), math.fmod(-7, 3), math.fmod(7.5, 2), math.modf(3.7), math.modf(-3.7), "
    "math.modf(5), math.modf(math.huge)",
    "math.fmod(1, 0)",
    "return math.fmod(1, 0.0) ~= math.fmod(1, 0.0), math.fmod(math.mininteger, -1)",
    "return math.tointeger(3.0), math.tointeger(3.5), math.tointeger('8'), math.tointeger('x'), math.tointeger(2^63)",
    "return math.ult(1, 2), math.ult(-1, 2), math.ult(2, 1)",
    "return math.pi, math.huge, -math.huge, math.maxinteger, math.mininteger",
    "return math.floor(2^62), math.floor(2^70), math.ceil(-2^70), math.floor(1e300)",
    "math.floor('x')",
    "math.floor({})",
    "return math.floor('3.7')",
    "return math.exp and math.abs(math.exp(1) - 2.718281828459045) < 1e-12, math.log and math.abs(math.log(10) - "
    "2.302585092994046) < 1e-12",
    "return math.log(8, 2), math.log(100, 10), math.log(1)",
    "math.random(0, -1)",
    "math.random(1, 2, 3)",
    "local r = math.random() return r >= 0 and r < 1",
    "local r = math.random(5) return r >= 1 and r <= 5 and math.type(r)",
    "local r = math.random(-3, -3) return r",
    "math.random(2.5)",
    "local a = {} for i = 1, 500 do a[math.random(3)] = true end return a[0], a[1], a[2], a[3], a[4]",
    "for i = 1, 3, 0 do end",
    "local n = 0 for i = 10, 1, -3 do n = n * 10 + i end return n",
    "local n = 0 for i = 1.0, 2.0, 0.25 do n = n + 1 end return n",
    "local n = 0 for i = math.maxinteger - 1, math.maxinteger do n = n + 1 end return n",
    "for i = 'a', 2 do end",
    /* calls, errors, coroutines */
    "return pcall(error, 'x', 0)",
    "return pcall(error)",
    "return pcall(error, nil)",
    "return select(2, pcall(error, {code = 5})).code",
    "return pcall(function(...) return ... end, 1, nil, 3)",
    "return pcall()",
    "return select('#', pcall(function() end))",
    "return xpcall(function() error('x', 0) end, function(m) return m .. '!' end)",
    "return xpcall(function(a, b) return a + b end, print, 3, 4)",
    "return xpcall(function() error('a') end, function() error('b') end) == false",
    "xpcall(print)",
    "return (pcall(xpcall, print, nil))",
    "return assert(1, 'x'), assert('a', 'b', 'c')",
    "assert(false)",
    "assert(nil, 'words')",
    "return pcall(assert, false, 'words')",
    "return pcall(assert, nil)",
    "assert()",
    "return type(1), type('x'), type({}), type(nil), type(print), type(true), type(coroutine.create(print))",
    "type()",
    "local co = coroutine.create(function(a, b) local c = coroutine.yield(a + b) local d, e = coroutine.yield(c * 2) "
    "return d + e, 'end' end) local r = {} r[1] = select(2, coroutine.resume(co, 1, 2)) r[2] = select(2, "
    "coroutine.resume(co, 10)) local ok, x, y = coroutine.resume(co, 3, 4) return r[1], r[2], ok, x, y, "
    "coroutine.status(co), coroutine.resume(co)",
    "local f = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) return f(), f(), f(), f()",
    "local f = coroutine.wrap(function() error('x') end) f()",
    "local f = coroutine.wrap(function() end) f() f()",
    "local co co = coroutine.create(function() return coroutine.status(co), coroutine.running() == co, "
    "coroutine.isyieldable() end) return coroutine.resume(co)",
    "return coroutine.isyieldable(), select(2, coroutine.running())",
    "coroutine.yield(1)",
    "coroutine.resume(1)",
    "coroutine.create(1)",
    "coroutine.wrap({})",
    "local co = coroutine.create(function() coroutine.yield() end) local a = coroutine.status(co) coroutine.resume(co) "
    "local b = coroutine.status(co) coroutine.resume(co) return a, b, coroutine.status(co)",
    "local co = coroutine.create(function() error({code = 7}) end) local ok, e = coroutine.resume(co) return ok, "
    "e.code, coroutine.status(co)",
    "local co = coroutine.create(function() local x <close> = setmetatable({}, {__close = function() end}) "
    "coroutine.yield() end) coroutine.resume(co) return coroutine.close and coroutine.close(co), coroutine.status(co)",
    "local co co = coroutine.create(function() return coroutine.resume(co) end) return select(2, coroutine.resume(co))",
    "local co = coroutine.wrap(function() return pcall(function() coroutine.yield(1) error('x', 0) end) end) return "
    "co(), co()",
    "local outer = coroutine.create(function() local inner = coroutine.wrap(function() coroutine.yield('in') end) "
    "coroutine.yield(inner()) return 'out' end) local _, a = coroutine.resume(outer) local _, b = "
    "coroutine.resume(outer) return a, b",
    "local function f(n) if n == 0 then return 'deep' end return f(n - 1) end return f(10000)",
    "local t = {} return t.x.y",
    "local t = {} t[nil] = 1",
    "local t = {} t[0/0] = 1",
    "return #5",
    "return -{}",
    "return nil + 1",
    "return nil .. 'x'",
    "local x x()",
    "goto done do return 1 end ::done:: return 2",
    "local a <const>, b = 1, 2 return a + b",
    "return (function(...) local a, b = ... return b, a, select('#', ...) end)(1, 2, 3)",
    "local t = {f = function(self, x) return self.n + x end, n = 2} return t:f(3)",
    "return ({[1] = 'a', 'b'})[1], ({10, 20, 30, nil})[3]",
    "return not nil, not 0, nil and 1, false or 'x', 1 and 2, nil == false",
    "local s = 0 while true do s = s + 1 if s > 5 then break end end return s",
    "local s = 0 repeat local k = s s = s + 1 until k >= 3 return s",
    "return ('xababy'):find('(ab)%1')",
    "return ('aab'):match('(a)%1b'), ('abba'):match('(a)(b)%2%1'), ('x=\\'y\\''):match('([\"\\'])(.-)%1')",
    "return ('abab-aa'):gsub('(%w+)%1', '<%1>')",
    "return (('ab'):rep(200)):find('^(.+)%1$')",
    "return string.format('%q', '\\31\\32\\33!~\\127\\1281')",
    "return next({10, 20, 30}, 1)",
    "return next({1, 2, 3}, 2)",
    "return next({1, 2, 3}, 3)",
    "return next({1, 2, 3}, 1, 'more')",
    "return next({}), select('#', next({})), select('#', next({7}, 1))",
    "return next({7})",
    "return next({a = 1}), next({a = 1}, 'a')",
    "local t, n = {1, 2, 3, x = 1, y = 2, [2.5] = 3, [true] = 4}, 0 local k, v = next(t) while k ~= nil do n = n + v "
    "k, v = "
    "next(t, k) end return n",
    "local t, n, k = {[math.maxinteger] = 1, [math.mininteger] = 2}, 0, nil repeat n = n + 1 k = next(t, k) until k == "
    "nil or n "
    "> 5 return n",
    "local n, k = 0, next(math) while k do n = n + (math[k] ~= nil and 1 or 100) k = next(math, k) end return n < 99, "
    "n > 9",
    "return math.type(next({[2^53] = 1})), next({[-1] = 'a'}), next({[0] = 'z'}, 0)",
    "local co = coroutine.create(function() error('x', 0) end) coroutine.resume(co) return coroutine.close(co)",
    "local co = coroutine.create(function() local c <close> = setmetatable({}, {__close = function() error('y', 0) "
    "end}) "
    "coroutine.yield() end) coroutine.resume(co) return coroutine.close(co), coroutine.status(co)",
    "local co = coroutine.create(function() coroutine.yield() end) coroutine.resume(co) return coroutine.close(co)",
    "return math.atan(1, 2), math.atan(-1), math.atan(1), math.atan(0.0, -1), math.atan(3, -4)",
    "local out = {} for k, v in ('a=1, b=2, c'):gmatch('(%w+)=(%w+)') do out[#out + 1] = k .. v end return out[1], "
    "out[2], #out",
    "local f = ('ab'):gmatch('()') return f(), f(), f(), f(), f()",
    "local f = ('ab'):gmatch('x*') return f(), f(), f(), f(), f()",
    "local f = ('abc'):gmatch('%w') f() f() f() return f(), f()",
    "return math.max('10', 9), math.min(3, '2.5'), math.max(2, 2.0), math.min(2.0, 2)",
    "return math.max(1), math.min(0/0, 1) ~= math.min(0/0, 1), math.max(1, 0/0)",
    "return _VERSION",
    "return collectgarbage and true",
};

static void stock(lua_State *lua, const char *text, char *ret_answer, size_t size)
{
    if (luaL_dostring(lua, text) != LUA_OK) {
        snprintf(ret_answer, size, "not run: %s", lua_tostring(lua, -1));
        lua_settop(lua, 0);
        return;
    }
    lua_getglobal(lua, "result");
    snprintf(ret_answer, size, "%s", lua_tostring(lua, -1));
    lua_settop(lua, 0);
}

static void ours(struct sandbox *sandbox, const char *text, char *ret_answer, size_t size)
{
    lua_State *lua = sandbox_lua(sandbox);
    if (sandbox_load(sandbox, text, strlen(text), "snippet.lua") < 0) {
        snprintf(ret_answer, size, "not run: %s", sandbox_error_last(sandbox)->message);
        return;
    }
    lua_getglobal(lua, "result");
    snprintf(ret_answer, size, "%s", lua_tostring(lua, -1));
    lua_settop(lua, 0);
}

static void the_library_is_that_of_lua(void **state)
{
    (void)state;
    static char text[8192], theirs[4096], own[4096];
    int differ = 0;
    lua_State *lua = luaL_newstate();
    luaL_openlibs(lua);
    for (size_t i = 0; i < sizeof snippets / sizeof snippets[0]; i++) {
        struct sandbox_limits limits = {.heap_max_bytes = 64u << 20};
        struct sandbox *sandbox;
        assert_int_equal(sandbox_new(&limits, 7, &sandbox), OC_OK);
        assert_true((size_t)snprintf(text, sizeof text, frame, snippets[i]) < sizeof text);
        stock(lua, text, theirs, sizeof theirs);
        ours(sandbox, text, own, sizeof own);
        if (strcmp(theirs, own) != 0) {
            print_error("%s\n  Lua: %s\n  ours: %s\n", snippets[i], theirs, own);
            differ++;
        }
        sandbox_free(sandbox);
    }
    lua_close(lua);
    assert_int_equal(differ, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_library_is_that_of_lua),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
