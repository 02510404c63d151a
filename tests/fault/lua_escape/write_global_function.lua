-- expect: error cannot assign 'print'
-- a global of the library replaced
print = nil
