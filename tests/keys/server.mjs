// server.mjs: an MCP server made with the protocol's own library, for mcp.sh: tools that give a secret, slowly, wrongly or not at all.
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { z } from "zod";

const secrets = { key: process.env.CANARY_KEY, secret: process.env.CANARY_SECRET };
const server = new McpServer({ name: "secrets", version: "1.0.0" }, { capabilities: { logging: {} } });
const text = (value) => ({ content: [{ type: "text", text: value }] });

server.registerTool("get_secret", { inputSchema: { name: z.string() } }, async ({ name }) => {
  console.error("giving", secrets[name]); // its own log: nobody reads it
  await server.server.sendLoggingMessage({ level: "info", data: "giving " + secrets[name] });
  return text(secrets[name]);
});
server.registerTool("get_item", { inputSchema: { id: z.number() } }, async ({ id }) =>
  text(JSON.stringify({ id, fields: [{ label: "none", value: "x" }, { label: "secret", value: secrets.secret }] })));
server.registerTool("structured", { inputSchema: {}, outputSchema: { value: z.string() } }, async () =>
  ({ content: [], structuredContent: { value: secrets.secret } }));
server.registerTool("slow", { inputSchema: {} }, () => new Promise(() => {}));
server.registerTool("fails", { inputSchema: {} }, async () => { throw new Error("refused: " + secrets.secret); });
server.registerTool("dies", { inputSchema: {} }, async () => process.exit(1));
await server.connect(new StdioServerTransport());
