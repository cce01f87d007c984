import { exec } from "node:child_process";
import { McpServer, ResourceTemplate } from "@modelcontextprotocol/sdk/server/mcp.js";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { CallToolRequestSchema, type CallToolRequest } from "@modelcontextprotocol/sdk/types.js";
import { FastMCP } from "fastmcp";
import { createMcpHandler } from "mcp-handler";
import { z } from "zod";

const server = new McpServer({ name: "tools", version: "1.0.0" });

// what a tool is called with, as its schema lets it through
server.tool("ping", "Asks a host", { host: z.string(), times: z.number(), how: z.enum(["4", "6"]) }, async (args) => {
  exec(`ping ${args.host}`); // $ alert
  exec(`ping -c ${args.times} -${args.how} localhost`);
  return { content: [] };
});

server.tool("show", { path: z.string() }, async ({ path }) => {
  exec(`cat ${path}`); // $ alert
  return { content: [] };
});

server.registerTool("list", { inputSchema: { folder: z.string(), depth: z.number() } }, async ({ folder, depth }) => {
  exec(`ls ${folder}`); // $ alert
  exec(`ls -${depth}`);
  return { content: [] };
});

server.registerPrompt("ask", { argsSchema: { word: z.string() } }, ({ word }) => {
  exec(`look ${word}`); // $ alert
  return { messages: [] };
});

server.registerResource("note", new ResourceTemplate("note://{id}", { list: undefined }), {}, async (address, { id }) => {
  exec(`cat ${id}`); // $ alert
  return { contents: [] };
});

server.registerResource("all", "note://all", {}, async (address) => {
  exec(address.pathname);
  return { contents: [] };
});

const Read = z.object({ path: z.string(), lines: z.number() });
const low = new Server({ name: "low", version: "1.0.0" }, { capabilities: { tools: {} } });

low.setRequestHandler(CallToolRequestSchema, async (request: CallToolRequest) => {
  const { name, arguments: given } = request.params;
  switch (name) {
    case "read": {
      const read = Read.parse(given);
      exec(`cat ${read.path}`); // $ alert
      exec(`head -${read.lines} notes`);
      break;
    }
    default:
      exec(`${request.params.arguments.command}`); // $ alert
  }
  return { content: [] };
});

new FastMCP({ name: "fast", version: "1.0.0" }).addTool({
  name: "run",
  parameters: z.object({ what: z.string(), times: z.number() }),
  execute: async (args) => {
    exec(`run ${args.what}`); // $ alert
    exec(`run ${args.times}`);
    return "done";
  },
});

export default createMcpHandler((made) => {
  made.tool("echo", { text: z.string() }, async ({ text }) => {
    exec(`echo ${text}`); // $ alert
    return { content: [] };
  });
});
