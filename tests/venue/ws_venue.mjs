// ws_venue.mjs PORT CERTIFICATE KEY: the same as /echo of lws_venue.c, made with the npm package ws: every message comes back, in pieces if
// it is large, with a ping before each twentieth; "close 4001" closes the stream with that code. permessage-deflate is offered to whoever asks.
import { createServer } from 'node:https';
import { readFileSync } from 'node:fs';
import { WebSocketServer } from 'ws';

const [port, certificate, key] = process.argv.slice(2);
const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => response.end('hello'));
const sockets = new WebSocketServer({ server, path: '/echo', perMessageDeflate: true, maxPayload: 16 << 20 });
sockets.on('connection', (socket) => {
  let messages = 0;
  socket.on('message', (data, isBinary) => {
    if (data.toString() === 'close 4001') return socket.close(4001, 'as you say');
    if (++messages % 20 === 1) socket.ping(Buffer.from('p'));
    for (let at = 0, piece = 100000; at === 0 || at < data.length; at += piece)
      socket.send(data.subarray(at, at + piece), { binary: isBinary, fin: at + piece >= data.length });
  });
});
server.listen(Number(port), '127.0.0.1', () => console.log(`port ${server.address().port}`));
