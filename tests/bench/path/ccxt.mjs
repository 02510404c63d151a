// ccxt.mjs [ORDERS]: what the npm package ccxt takes from the bytes of a trade's message to the bytes of a signed order, for the same venue: it parses the message,
// and an order like that of path.c is made ready and signed; what would leave is caught. Run by path.sh where the package is there.
import ccxt from 'ccxt';

const wanted = Number(process.argv[2] ?? 4000), warm = 500;
const venue = new ccxt.pro.binanceus({ apiKey: 'the-key', secret: 'the-secret-of-this-account', options: { fetchCurrencies: false } });
venue.setMarkets([venue.safeMarketStructure({ id: 'BTCUSD', symbol: 'BTC/USD', base: 'BTC', quote: 'USD', baseId: 'BTC', quoteId: 'USD', type: 'spot', spot: true,
  active: true, precision: { price: 0.01, amount: 0.00001 }, limits: { amount: { min: 0.00001 }, cost: { min: 1 } },
  info: { orderTypes: ['LIMIT', 'MARKET'] } })]);
let left = 0n;
venue.enableRateLimit = false;
venue.fetch = async () => { left = process.hrtime.bigint(); return { symbol: 'BTCUSD', orderId: 1, clientOrderId: 'x', status: 'EXPIRED', type: 'LIMIT', side: 'BUY' }; };
const took = [];
for (let i = 0; i < wanted; i++) {
  const bytes = Buffer.from(`{"e":"trade","E":1767623400${String(i).padStart(3, '0')},"s":"BTCUSD","t":${5000000 + i},"p":"${59950 + (i % 100)}.25000000","q":"0.00100000",` +
    `"b":23893495831,"a":23893495822,"T":1767623400000,"m":true,"M":true}`);
  const begin = process.hrtime.bigint();
  const trade = venue.parseWsTrade(JSON.parse(bytes), venue.market('BTC/USD'));
  await venue.createOrder('BTC/USD', 'limit', 'buy', 0.001, trade.price * 0.9, { timeInForce: 'IOC' });
  took.push(Number(left - begin));
}
took.splice(0, warm);
took.sort((a, b) => a - b);
const at = (share) => String(took[Math.floor(took.length * share)]).padStart(6);
console.log(`ccxt   p50 ${at(0.5)} ns  p99 ${at(0.99)} ns  p99.9 ${at(0.999)} ns   ccxt ${ccxt.version}: its message parsed, createOrder to the bytes that would leave`);
