const http = require("node:http");
const dgram = require("node:dgram");
const { exec } = require("node:child_process");
const { WebSocketServer } = require("ws");
const { ApolloServer } = require("@apollo/server");
const { GraphQLObjectType } = require("graphql");
const { createServer } = require("restify");
const { App } = require("uWebSockets.js");
const { Elysia } = require("elysia");
const { Telegraf } = require("telegraf");
const { Kafka } = require("kafkajs");
const fastify = require("fastify")();
const cookie = require("cookie");
const formidable = require("formidable");
const h3 = require("h3");

// chunks that a callback collects are seen by the function around it
http.createServer((req, res) => {
  const chunks = [];
  const names = [];
  const known = {};
  req.on("data", (chunk) => chunks.push(chunk));
  ["one", "two"].forEach((name) => names.push(name));
  [req.url].forEach((address) => {
    known.address = address;
    known.port = 80;
  });
  req.on("end", () => {
    exec(Buffer.concat(chunks).toString()); // $ alert
    exec(names.join(" "));
    exec(known.address); // $ alert
    exec(`ls ${known.port}`);
  });
});

http.createServer((req, res) => {
  exec(req.query.name); // $ alert
  exec(cookie.parse(req.headers.cookie).name); // $ alert
  formidable({}).parse(req, (error, fields, files) => {
    exec(fields.name); // $ alert
    exec(files.picture.originalFilename); // $ alert
    exec(files.picture.filepath);
  });
});

new WebSocketServer({ port: 1 }).on("connection", (socket) => {
  socket.onmessage = (event) => {
    exec(event.data); // $ alert
  };
  socket.onclose = (event) => {
    exec(event.reason);
  };
});

dgram.createSocket("udp4").on("message", (message) => exec(message.toString())); // $ alert

// a class of the library, and one that is built on it
class Service extends ApolloServer {}

class Checked extends ApolloServer {
  constructor(text) {
    super({ resolvers: { Query: { run: (_, args) => exec(args.command + text) } } }); // $ alert
    this.started = false;
  }
}

const resolvers = (text) => ({
  Query: {
    run: (_, { command }) => {
      exec(command); // $ alert
      exec(text);
    },
  },
});
new Service({ resolvers: resolvers("ls") });
new Checked("ls");

new GraphQLObjectType({
  name: "Query",
  fields: () => ({
    run: { type: null, resolve: (source, args) => exec(args.command) }, // $ alert
    told: { type: null, resolve: (source) => exec(source.command) },
  }),
});

createServer().get("/", (req, res, next) => {
  exec(req.getQuery()); // $ alert
  next();
});

App().get("/*", (res, req) => {
  exec(req.getQuery("name")); // $ alert
  exec(req.getMethod());
});

new Elysia().post("/", ({ body, store }) => {
  exec(body.name); // $ alert
  exec(store.name);
});

module.exports = h3.defineEventHandler(async (event) => {
  const { name } = await h3.readBody(event);
  exec(name); // $ alert
});

fastify.get("/socket", { websocket: true }, (socket, request) => {
  socket.on("message", (message) => exec(message.toString())); // $ alert
});

new Telegraf("token").on("text", (ctx) => exec(ctx.message.text)); // $ alert

// what other programs write is told at low confidence
new Kafka({}).consumer({}).run({
  eachMessage: async ({ topic, message }) => {
    exec(message.value.toString()); // $ guess
    exec(topic);
  },
});

http.createServer((req, res) => {
  const text = String(req.url);
  exec(`ls ${text.length}`);
  exec(`ls ${Buffer.from(text).toString("hex")}`);
  exec(`ls ${Buffer.from(text).toString("utf8")}`); // $ alert
});
