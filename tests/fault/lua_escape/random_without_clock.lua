-- expect: error randomseed needs a number
-- the clock is not a source of chance
math.randomseed()
