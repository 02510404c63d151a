-- expect: error cannot assign 'pairs'
-- the same through _ENV
_ENV.pairs = next
