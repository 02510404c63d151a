-- expect: ok
-- the longest number fits
assert(#("%.99f"):format(-1.7976931348623157e308) == 410)
