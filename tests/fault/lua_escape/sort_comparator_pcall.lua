-- expect: deadline
-- a comparator that hides behind pcall
table.sort({3, 1, 2}, function() pcall(function() while true do end end) return true end)
