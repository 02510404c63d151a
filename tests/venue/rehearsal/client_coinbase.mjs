// client_coinbase.mjs HOST:PORT FOLDER: two clients that other people wrote for Coinbase Advanced trade on the face `coinbase`: the npm packages ccxt and coinbase-api. They place,
// change, cancel, hear trades, books and their own orders, and read their history. NODE_EXTRA_CA_CERTS names the authority.
import { readFileSync } from 'node:fs';
import { deepStrictEqual as same, ok, rejects } from 'node:assert';
import ccxt from 'ccxt';
import { CBAdvancedTradeClient, WebsocketClient } from 'coinbase-api';

const [where, folder] = process.argv.slice(2);
const read = (name) => readFileSync(`${folder}/${name}`, 'utf8').trim();
const key = read('main.key'), secret = read('main.secret');

// ---- ccxt ----
const cached = { expires: 1e12, timestamp: Date.now(), currencies: [], exchangeRates: { data: { rates: {} } } };
const venue = new ccxt.pro.coinbase({ apiKey: key, secret, options: { fetchCurrencies: cached } });
venue.has.fetchCurrencies = false;
venue.urls.api.rest = `https://${where}`;
venue.urls.api.ws = `wss://${where}`;
await venue.loadMarkets();
same([venue.market('BTC/USD').id, venue.market('BTC/USD').precision.price, venue.market('BTC/USD').limits.cost.min], ['BTC-USD', 0.01, 1]);
const book = await venue.fetchOrderBook('BTC/USD', 5);
ok(book.bids[0][0] < book.asks[0][0] && book.bids.length === 5);
const placed = await venue.createOrder('BTC/USD', 'limit', 'buy', 0.01, 30000);
same((await venue.fetchOpenOrders('BTC/USD')).map((order) => order.id), [placed.id]);
await venue.editOrder(placed.id, 'BTC/USD', 'limit', 'buy', 0.02, 31000);
const changed = await venue.fetchOrder(placed.id);
same([changed.status, changed.price, changed.amount, changed.clientOrderId], ['open', 31000, 0.02, placed.clientOrderId]);
await venue.cancelOrder(placed.id);
same((await venue.fetchOrder(placed.id)).status, 'canceled');
await rejects(venue.cancelOrder(placed.id), ccxt.BaseError);
const bought = await venue.createOrder('BTC/USD', 'market', 'buy', 0.001, undefined, { createMarketBuyOrderRequiresPrice: false, cost: 100 });
const filled = await venue.fetchOrder(bought.id);
same([filled.status, filled.filled > 0], ['closed', true]);
const fills = await venue.fetchMyTrades('BTC/USD');
ok(fills.some((fill) => fill.order === bought.id && fill.fee.currency === 'USD' && fill.fee.cost > 0));
const held = await venue.fetchBalance({ v3: true });
ok(held.BTC.free > 2 && held.BTC.free < 2.01 && held.USD.used === 0);
await rejects(venue.createOrder('BTC/USD', 'limit', 'buy', 100, 30000), ccxt.ExchangeError);
const stop = await venue.createOrder('BTC/USD', 'limit', 'sell', 0.001, 29000, { stopLossPrice: 30000 });
same((await venue.fetchOrder(stop.id)).status, 'open');
await venue.cancelOrders([stop.id]);
const candles = await venue.fetchOHLCV('BTC/USD', '1m', undefined, 10);
ok(candles.length > 0 && candles[0][2] >= candles[0][3]);
const trades = await venue.watchTrades('BTC/USD');
ok(trades.length && trades[0].symbol === 'BTC/USD' && trades[0].price > 0);
const live = await venue.watchOrderBook('BTC/USD');
ok(live.bids[0][0] < live.asks[0][0]);
const heard = venue.watchOrders('BTC/USD');
await new Promise((done) => setTimeout(done, 500));
const told = await venue.createOrder('BTC/USD', 'limit', 'sell', 0.01, 90000);
ok((await heard).some((order) => order.id === told.id || order.status));
await venue.cancelOrder(told.id);
await venue.close();

// ---- coinbase-api ----
const client = new CBAdvancedTradeClient({ apiKey: key, apiSecret: secret, baseUrl: `https://${where}` });
ok((await client.getAccounts({ limit: 250 })).accounts.some((account) => account.currency === 'USD'));
const socket = new WebsocketClient({ apiKey: key, apiSecret: secret, wsUrl: `wss://${where}` }, { trace() {}, info() {}, error() {} });
const messages = [];
let wake = () => {};
socket.on('update', (message) => { messages.push(message); wake(); });
socket.on('exception', (message) => { messages.push(message); wake(); });
async function hears(fits) {
  for (const until = Date.now() + 10000; Date.now() < until;) {
    const found = messages.find(fits);
    if (found) return found;
    await new Promise((done) => { wake = done; setTimeout(done, 100); });
  }
  throw new Error(`never said: ${fits}; last: ${JSON.stringify(messages.slice(-2))}`);
}
socket.subscribe({ topic: 'user' }, 'advTradeUserData');
await hears((m) => m.channel === 'user' && m.events[0].type === 'snapshot');
const order = await client.submitOrder({ client_order_id: 'cbnode-npm1', product_id: 'BTC-USD', side: 'SELL', order_configuration: { limit_limit_gtc: { base_size: '0.01', limit_price: '90000', post_only: true } } });
same([order.success, order.success_response.client_order_id], [true, 'cbnode-npm1']);
const again = await client.submitOrder({ client_order_id: 'cbnode-npm1', product_id: 'BTC-USD', side: 'SELL', order_configuration: { limit_limit_gtc: { base_size: '0.01', limit_price: '90000', post_only: true } } });
same(again.success_response.order_id, order.success_response.order_id);
const id = order.success_response.order_id;
same((await client.updateOrder({ order_id: id, price: '91000', size: '0.01' })).success, true);
same((await client.getOrder({ order_id: id })).order.order_configuration.limit_limit_gtc.limit_price, '91000');
await hears((m) => m.channel === 'user' && m.events.some((e) => e.orders.some((o) => o.order_id === id && o.limit_price === '91000')));
same((await client.cancelOrders({ order_ids: [id, '00000000-0000-4000-8000-00000000dead'] })).results.map((one) => one.success), [true, false]);
await hears((m) => m.channel === 'user' && m.events.some((e) => e.orders.some((o) => o.order_id === id && o.status === 'CANCELLED')));
const sold = await client.submitOrder({ client_order_id: 'cbnode-npm2', product_id: 'BTC-USD', side: 'SELL', order_configuration: { market_market_ioc: { base_size: '0.001' } } });
const mine = await client.getFills({ order_ids: [sold.success_response.order_id] });
ok(mine.fills.length > 0 && mine.fills[0].liquidity_indicator === 'TAKER');
same((await client.getOrders({ product_ids: ['BTC-USD'], order_status: ['FILLED'], limit: 1 })).orders[0].order_id, sold.success_response.order_id);
await rejects(client.getOrder({ order_id: '00000000-0000-4000-8000-00000000dead' }));
console.log(`clients of others: ccxt bought at ${filled.average}, coinbase-api sold at ${mine.fills[0].price}`);
process.exit(0);
