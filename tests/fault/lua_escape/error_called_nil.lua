-- expect: error attempt to call a nil value
-- the commonest of all
undefined_function()
