-- expect: error pattern too complex
-- recursion in the matcher
string.find(("a"):rep(1000), ("(a)"):rep(25) .. ("a?"):rep(900) .. "b")
