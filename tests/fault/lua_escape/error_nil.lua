-- expect: error error object is nil
-- an error without an object
error(nil)
