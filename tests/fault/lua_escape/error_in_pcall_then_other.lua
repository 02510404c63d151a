-- expect: error the second
-- the place of a caught error does not stick
pcall(error, "the first")
error("the second")
