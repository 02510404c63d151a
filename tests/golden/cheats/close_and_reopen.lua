-- Closes and opens again on one close, so that one open serves both.
strategy { name = "close_and_reopen" }
function on_bar(m, b)
  for _, order in ipairs(m:orders()) do order:cancel() end
  local was_long = m.position.qty > 0
  if m.position.qty ~= 0 then m:close() end
  if was_long then m:sell(1, { stop_loss = b.close + 0.4 }) else m:buy(1, { stop_loss = b.close - 0.4 }) end
end
