-- expect: error too many results
-- unpack of more than the stack holds
table.unpack({}, 1, 1e8)
