-- Two simple moving averages: all cash in when the fast one crosses above the slow one, all out when it crosses below.
-- An average is the sum of integer price units divided once, so equal averages compare equal and ties are decided alike
-- on every machine.
strategy { name = "sma_cross" }

local P = params {
  fast = { 10, min = 1, max = 1000, doc = "bars" },
  slow = { 30, min = 2, max = 5000, doc = "bars" },
}

function on_init(m)
  m.fast, m.slow = m:sma(P.fast), m:sma(P.slow)
end

function on_bar(m, b)
  if cross_above(m.fast, m.slow) then
    if m.position.qty == 0 then m:buy { quote_qty = account.free, tag = "up" } end
  elseif cross_below(m.fast, m.slow) then
    if m.position.qty > 0 then m:close { tag = "down" } end
  end
  plot("fast", m.fast)
  plot("slow", m.slow)
end
