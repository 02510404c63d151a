-- expect: error error object is a table: broken
-- an error that is a table
error({message = "broken", code = 7})
