-- expect: error error object is function
-- an error that is a function
error(print)
