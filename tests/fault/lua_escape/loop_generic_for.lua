-- expect: deadline
-- an iterator that never ends
for i in function() return 1 end do end
