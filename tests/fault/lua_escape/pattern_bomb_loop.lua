-- expect: deadline
-- a pattern bomb in pcall in a loop
while true do pcall(string.find, ("a"):rep(3000), ".-.-.-.-b") end
