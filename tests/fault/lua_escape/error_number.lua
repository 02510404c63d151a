-- expect: error error object is 42
-- an error that is a number
error(42)
