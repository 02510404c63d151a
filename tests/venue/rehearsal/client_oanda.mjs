// client_oanda.mjs HOST:PORT FOLDER: the client that OANDA wrote (the npm package @oanda/v20) trades on the face `oanda`: it places, replaces, cancels, sets
// exits, closes, hears prices and transactions, and reads its history. NODE_EXTRA_CA_CERTS names the authority.
import { readFileSync } from 'node:fs';
import { deepStrictEqual as same, ok } from 'node:assert';
import v20 from '@oanda/v20/context.js';

const [where, folder] = process.argv.slice(2);
const [host, port] = where.split(':');
const read = (name) => readFileSync(`${folder}/${name}`, 'utf8').trim();
const id = read('main.key');
const venue = new v20.Context(host, Number(port), true, 'rehearsal');
venue.setToken(read('main.secret'));
const ask = (entity, verb, ...words) => new Promise((done) => venue[entity][verb](...words, done));
const good = async (...words) => {
  const answer = await ask(...words);
  ok(answer.isSuccess(), `${words.slice(0, 2)}: ${answer.statusCode} ${answer.rawBody}`);
  return answer.body;
};

// ---- the account ----
const summary = (await good('account', 'summary', id)).account;
same([summary.currency, Number(summary.balance), summary.hedgingEnabled], ['USD', 100000, false]);
const [euro] = (await good('account', 'instruments', id, {})).instruments;
same([euro.name, euro.displayPrecision, euro.tradeUnitsPrecision], ['EUR_USD', 5, 0]);
const [price] = (await good('pricing', 'get', id, { instruments: 'EUR_USD' })).prices;
ok(Number(price.bids[0].price) < Number(price.asks[0].price) && price.asks.length > 1);

// ---- both streams ----
const heard = [], prices = [];
venue.transaction.stream(id, (one) => heard.push(one), () => {});
// its own pricing.stream names a class that it has not loaded: by the request underneath
venue.request('GET', `/v3/accounts/${id}/pricing/stream?instruments=EUR_USD`, {}, (line) => prices.push(JSON.parse(line)), () => {});
await new Promise((done) => setTimeout(done, 300));

// ---- an order is placed, replaced, canceled ----
const placed = await good('order', 'limit', id, { instrument: 'EUR_USD', units: '100', price: '1.00000', clientExtensions: { id: 'v20-1' } });
const first = placed.orderCreateTransaction.id;
same((await good('order', 'get', id, first)).order.state, 'PENDING');
const replaced = await good('order', 'limitReplace', id, first, { instrument: 'EUR_USD', units: '120', price: '1.01000', clientExtensions: { id: 'v20-2' } });
same([replaced.orderCancelTransaction.reason, replaced.orderCreateTransaction.replacesOrderID], ['CLIENT_REQUEST_REPLACED', first]);
const second = replaced.orderCreateTransaction.id;
same((await good('order', 'listPending', id)).orders.map((order) => order.id), [second]);
same((await good('order', 'cancel', id, '@v20-2')).orderCancelTransaction.orderID, second);
const late = await ask('order', 'cancel', id, second);
same([late.statusCode, late.body.orderCancelRejectTransaction.rejectReason], ['404', 'ORDER_DOESNT_EXIST']);
const wrong = await ask('order', 'limit', id, { instrument: 'EUR_USD', units: '100', price: '1.000001' });
same([wrong.statusCode, wrong.body.orderRejectTransaction.rejectReason], ['400', 'PRICE_PRECISION_EXCEEDED']);

// ---- a trade with exits, and its close ----
const bought = (await good('order', 'market', id, { instrument: 'EUR_USD', units: '100' })).orderFillTransaction;
same([bought.units, bought.tradeOpened.units], ['100', '100']);
await good('trade', 'setDependentOrders', id, bought.tradeOpened.tradeID, { stopLoss: { price: '1.00000' }, takeProfit: { price: '1.50000' } });
same((await good('order', 'listPending', id)).orders.map((order) => order.type).sort(), ['STOP_LOSS', 'TAKE_PROFIT']);
same((await good('trade', 'listOpen', id)).trades.map((trade) => trade.currentUnits), ['100']);
same((await good('position', 'listOpen', id)).positions[0].long.units, '100');
const closed = await good('position', 'close', id, 'EUR_USD', { longUnits: 'ALL' });
ok(closed.longOrderFillTransaction.tradesClosed.length === 1);
same((await good('order', 'listPending', id)).orders, []);
same((await good('trade', 'listOpen', id)).trades, []);

// ---- what was heard is what is written ----
const since = (await good('transaction', 'since', id, { id: '0' })).transactions;
await new Promise((done) => setTimeout(done, 300));
same(heard.filter((one) => one.type !== 'HEARTBEAT').map((one) => one.id), since.map((one) => one.id));
same(since.map((one) => Number(one.id)), since.map((one, i) => i + 1));
ok(prices.some((one) => one.type === 'PRICE' && one.instrument === 'EUR_USD'));
ok(since.filter((one) => one.type === 'ORDER_CANCEL').some((one) => one.reason === 'LINKED_TRADE_CLOSED'));
console.log('client_oanda: @oanda/v20 has traded here');
process.exit(0);
