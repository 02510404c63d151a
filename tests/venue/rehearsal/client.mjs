// client.mjs HOST:PORT FOLDER: a client of the face `plain` made with what other people wrote: https of Node and the npm package ws. It places,
// amends, cancels, hears its stream, reads its history, is refused with a bad signature, and asks until it is banned.
import { Agent, request } from 'node:https';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { deepStrictEqual as same, ok } from 'node:assert';
import WebSocket from 'ws';

const [where, folder] = process.argv.slice(2);
const ca = readFileSync(`${folder}/ca.pem`);
const key = readFileSync(`${folder}/main.key`, 'utf8').trim();
const secret = readFileSync(`${folder}/main.secret`, 'utf8').trim();
const agent = new Agent({ ca, keepAlive: true, maxSockets: 4 });
const [host, port] = where.split(':');
const signed = (text, by = secret) => createHmac('sha256', by).update(text).digest('hex');

function ask(method, path, body = '', by = secret) {
  const time = String(Date.now() * 1000);
  const headers = { 'X-Key': key, 'X-Time': time, 'X-Sign': signed(`${method}\n${decodeURIComponent(path)}\n${time}\n\n${body}`, by) };
  if (body) headers['Content-Length'] = Buffer.byteLength(body);
  return new Promise((done, failed) => {
    const asked = request({ agent, host, port, method, path, headers }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, ...JSON.parse(Buffer.concat(parts)) }));
    });
    asked.on('error', failed);
    asked.end(body);
  });
}

// The first message of the stream that fits, within ten seconds.
const heard = [];
let wake = () => {};
async function hears(fits) {
  const until = Date.now() + 10000;
  for (;;) {
    const found = heard.find(fits);
    if (found) return found;
    ok(Date.now() < until, `never said: ${fits}; last: ${JSON.stringify(heard.slice(-3))}`);
    await new Promise((done) => { wake = done; setTimeout(done, 100); });
  }
}

const stream = new WebSocket(`wss://${where}/v1/stream`, { ca });
stream.on('message', (data) => { heard.push(JSON.parse(data)); wake(); });
await new Promise((done, failed) => { stream.on('open', done); stream.on('error', failed); });
const say = (words) => stream.send(JSON.stringify(words));
const time_us = String(Date.now() * 1000);
say({ do: 'login', key, time_us, sign: signed(`LOGIN\n/v1/stream\n${time_us}\n\n`) });
say({ do: 'subscribe', topic: 'account' });
for (const topic of ['trades', 'quotes', 'depth']) say({ do: 'subscribe', topic, symbol: 'BTC/USDT' });
await hears((m) => m.on === 'login' && m.account === 'main');
await hears((m) => m.on === 'trade' && m.trade.symbol === 'BTC/USDT');
await hears((m) => m.on === 'depth' && m.snapshot && m.bids.length && m.asks.length);
const quote = await hears((m) => m.on === 'quote' && Number(m.bid) > 0 && Number(m.bid) < Number(m.ask));

const { instruments } = await ask('GET', '/v1/instruments');
same(instruments.map((one) => one.symbol), ['BTC/USDT', 'ETH/USDT', 'ETH/BTC']);
const placed = await ask('POST', '/v1/orders', JSON.stringify({ client_id: 'js-1', symbol: 'BTC/USDT', side: 'buy', type: 'limit', qty: '0.01', price: '30000', post_only: true }));
same([placed.status, placed.order.state], [200, 'open']);
const amended = await ask('PATCH', '/v1/orders', JSON.stringify({ client_id: 'js-1', price: '31000' }));
same([amended.status, amended.order.price], [200, '31000']);
same((await ask('GET', '/v1/open-orders?symbol=BTC%2FUSDT')).orders.length, 1);
same((await ask('DELETE', '/v1/orders?client_id=js-1')).order.state, 'canceled');
for (const state of ['open', 'canceled']) await hears((m) => m.on === 'order' && m.order.client_id === 'js-1' && m.order.state === state);
const bought = await ask('POST', '/v1/orders', JSON.stringify({ client_id: 'js-2', symbol: 'BTC/USDT', side: 'buy', type: 'market', qty: '0.001' }));
same([bought.status, bought.order.state, bought.order.filled], [200, 'filled', '0.001']);
const fill = (await hears((m) => m.on === 'fill' && m.fill.client_id === 'js-2')).fill;
same((await ask('GET', '/v1/fills')).fills.find((one) => one.id === fill.id), fill);
ok((await ask('GET', '/v1/ledger')).rows.some((row) => row.kind === 'trade' && row.asset === 'BTC' && row.amount === '0.001'));
same((await ask('GET', '/v1/order-history')).orders.map((one) => one.client_id), ['js-1', 'js-2']);
const { balances } = await ask('GET', '/v1/balances');
same(balances.find((one) => one.asset === 'BTC').free, '2.001');
const numbered = heard.filter((m) => ['order', 'fill', 'balance'].includes(m.on)).map((m) => m.seq);
same(numbered, numbered.map((_, i) => i + 1));

const refused = await ask('POST', '/v1/orders', '{}', 'another secret');
same([refused.status, refused.error.code], [401, 'BAD_SIGNATURE']);
same((await ask('POST', '/v1/orders', JSON.stringify({ client_id: 'js-2', symbol: 'BTC/USDT', side: 'buy', type: 'limit', qty: '1', price: '30000' }))).error.code, 'CLIENT_ID_USED');
stream.close();
const statuses = new Map();
for (let asked = 0; asked < 3000 && !statuses.has(418); asked += 4)
  for (const answer of await Promise.all([1, 2, 3, 4].map(() => ask('GET', '/v1/open-orders')))) {
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    if (answer.status !== 200) ok(Number(answer.headers['retry-after']) > 0);
  }
ok(statuses.get(200) > 1000 && statuses.get(429) >= 4 && statuses.has(418), JSON.stringify([...statuses]));
console.log(`a client of others: traded at ${fill.price} beside a quote of ${quote.bid}, refused, banned`);
process.exit(0);
