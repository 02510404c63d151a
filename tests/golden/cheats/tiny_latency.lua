-- A nanosecond behind the open: what the open fills is known, and the bar has hardly begun.
-- options: --latency 1ns
strategy { name = "tiny_latency" }
function on_bar(m, b)
  for _, order in ipairs(m:orders()) do if order.role == "entry" or order.role == "none" then order:cancel() end end
  if m.position.qty == 0 then m:buy(1, { stop_loss = b.close - 0.25, take_profit = b.close + 0.25, tag = "in" }) end
end
function on_fill(m, f)
  if f.side == "buy" then m:sell(1, { price = f.price + 0.1, tag = "in" }) end
end
