-- expect: deadline
-- a loop without a loop
::again:: goto again
