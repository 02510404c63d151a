// client_binanceus.mjs HOST:PORT FOLDER: two clients that other people wrote for Binance.US trade on the face `binanceus`: the npm packages ccxt and binance. They place,
// change, cancel, hear trades and their own orders, and read their history. NODE_EXTRA_CA_CERTS names the authority.
import { readFileSync } from 'node:fs';
import { deepStrictEqual as same, ok, rejects } from 'node:assert';
import ccxt from 'ccxt';
import { MainClient } from 'binance';
import WebSocket from 'ws';

const [where, folder] = process.argv.slice(2);
const read = (name) => readFileSync(`${folder}/${name}`, 'utf8').trim();
const key = read('main.key'), secret = read('main.secret');

// ---- ccxt ----
const venue = new ccxt.pro.binanceus({ apiKey: key, secret, options: { fetchCurrencies: false, warnOnFetchOpenOrdersWithoutSymbol: false } });
for (const name of ['public', 'private']) venue.urls.api[name] = `https://${where}/api/v3`;
venue.urls.api.ws.spot = `wss://${where}/ws`;
await venue.loadMarkets();
same([venue.market('BTC/USD').id, venue.market('BTC/USD').precision.price, venue.market('BTC/USD').limits.cost.min], ['BTCUSD', 0.01, 1]);
const book = await venue.fetchOrderBook('BTC/USD', 5);
ok(book.bids[0][0] < book.asks[0][0] && book.bids.length === 5);
const day = await venue.fetchTicker('BTC/USD');
ok(day.high >= day.last && day.low <= day.last && day.baseVolume > 0 && day.quoteVolume > 0 && day.bid < day.ask);
same((await venue.publicGetExchangeInfo()).exchangeFilters, [{ filterType: 'EXCHANGE_MAX_NUM_ORDERS', maxNumOrders: 200 }]);
const placed = await venue.createOrder('BTC/USD', 'limit', 'buy', 0.01, 30000, { clientOrderId: 'ccxt-1' });
same([placed.status, placed.clientOrderId, placed.price], ['open', 'ccxt-1', 30000]);
same((await venue.fetchOpenOrders('BTC/USD')).map((order) => order.id), [placed.id]);
const edited = await venue.editOrder(placed.id, 'BTC/USD', 'limit', 'buy', 0.01, 31000);
ok(edited.id !== placed.id && edited.price === 31000 && edited.status === 'open');
same((await venue.fetchOrder(placed.id, 'BTC/USD')).status, 'canceled');
same((await venue.cancelOrder(edited.id, 'BTC/USD')).status, 'canceled');
const bought = await venue.createOrder('BTC/USD', 'market', 'buy', 0.001);
same([bought.status, bought.filled, bought.trades.length > 0], ['closed', 0.001, true]);
const fills = await venue.fetchMyTrades('BTC/USD');
ok(fills.some((fill) => fill.order === bought.id && fill.fee.currency === 'BTC'));
const held = await venue.fetchBalance();
ok(held.BTC.free > 2 && held.BTC.free < 2.001 && held.USD.used === 0);
await rejects(venue.createOrder('BTC/USD', 'limit', 'buy', 100, 30000), ccxt.InsufficientFunds);
const stop = await venue.createOrder('BTC/USD', 'stop_loss_limit', 'sell', 0.001, 29000, { stopPrice: 30000 });
same([stop.status, stop.info.type, stop.stopPrice], ['open', 'STOP_LOSS_LIMIT', 30000]);
await venue.cancelOrder(stop.id, 'BTC/USD');
await rejects(venue.privatePostOrder({ symbol: 'BTCUSD', side: 'SELL', type: 'STOP_LOSS', quantity: '0.001', stopPrice: '30000' }), ccxt.ExchangeError);
await rejects(venue.cancelOrder(edited.id, 'BTC/USD'), ccxt.OrderNotFound);
const figures = await venue.watchTicker('BTC/USD');
ok(figures.high >= figures.low && figures.baseVolume > 0);
const trades = await venue.watchTrades('BTC/USD');
ok(trades.length && trades[0].symbol === 'BTC/USD' && trades[0].price > 0);
await venue.close();

// ---- binance ----
const client = new MainClient({ api_key: key, api_secret: secret, baseUrl: `https://${where}`, disableTimeSync: true });
same((await client.getExchangeInfo({ symbol: 'BTCUSD' })).symbols.length, 1);
const { listenKey } = await client.getSpotUserDataListenKey();
same((await client.getSpotUserDataListenKey()).listenKey, listenKey);
await client.keepAliveSpotUserDataListenKey(listenKey);
const stream = new WebSocket(`wss://${where}/ws/${listenKey}`, { ca: readFileSync(`${folder}/ca.pem`) });
const reports = [];
let wake = () => {};
stream.on('message', (data) => { reports.push(JSON.parse(data)); wake(); });
await new Promise((done, failed) => { stream.on('open', done); stream.on('error', failed); });
async function hears(fits) {
  for (const until = Date.now() + 10000; Date.now() < until;) {
    const found = reports.find(fits);
    if (found) return found;
    await new Promise((done) => { wake = done; setTimeout(done, 100); });
  }
  throw new Error(`never said: ${fits}; last: ${JSON.stringify(reports.slice(-2))}`);
}
const order = await client.submitNewOrder({ symbol: 'BTCUSD', side: 'SELL', type: 'LIMIT', timeInForce: 'GTC', quantity: 0.01, price: 90000, newClientOrderId: 'x-npm1', newOrderRespType: 'RESULT' });
same([order.status, order.clientOrderId], ['NEW', 'x-npm1']);
same((await client.getOrder({ symbol: 'BTCUSD', orderId: order.orderId })).status, 'NEW');
const replaced = await client.replaceOrder({ symbol: 'BTCUSD', side: 'SELL', type: 'LIMIT', timeInForce: 'GTC', quantity: 0.01, price: 91000, cancelReplaceMode: 'STOP_ON_FAILURE', cancelOrderId: order.orderId, newClientOrderId: 'x-npm2' });
same([replaced.cancelResult, replaced.newOrderResult], ['SUCCESS', 'SUCCESS']);
await client.cancelOrder({ symbol: 'BTCUSD', orderId: replaced.newOrderResponse.orderId });
await hears((m) => m.e === 'executionReport' && m.x === 'NEW' && m.c === 'x-npm1');
await hears((m) => m.e === 'executionReport' && m.x === 'CANCELED' && m.C === 'x-npm1' && m.c !== 'x-npm1');
await hears((m) => m.e === 'executionReport' && m.x === 'CANCELED' && m.C === 'x-npm2');
const sold = await client.submitNewOrder({ symbol: 'BTCUSD', side: 'SELL', type: 'MARKET', quantity: 0.001, newOrderRespType: 'FULL' });
same([sold.status, sold.executedQty], ['FILLED', '0.00100000']);
const report = await hears((m) => m.e === 'executionReport' && m.x === 'TRADE' && m.i === sold.orderId);
await hears((m) => m.e === 'outboundAccountPosition' && m.B[0].a === 'USD');
const mine = await client.getAccountTradeList({ symbol: 'BTCUSD', orderId: sold.orderId });
ok(mine.some((fill) => fill.id === report.t && fill.commission === report.n && fill.isBuyer === false));
same((await client.getAllOrders({ symbol: 'BTCUSD' })).at(-1).orderId, sold.orderId);
await rejects(client.getOrder({ symbol: 'BTCUSD', orderId: 999999 }), (error) => error.code === -2013);
const stranger = new MainClient({ api_key: key, api_secret: 'another secret', baseUrl: `https://${where}`, disableTimeSync: true });
await rejects(stranger.getAccountInformation(), (error) => error.code === -1022);
console.log(`clients of others: ccxt bought at ${bought.average}, binance sold at ${report.L}`);
process.exit(0);
