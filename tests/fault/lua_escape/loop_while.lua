-- expect: deadline
-- the plain endless loop
while true do end
