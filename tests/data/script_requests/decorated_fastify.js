const fastify = require("fastify")();
const fp = require("fastify-plugin");
const { exec } = require("child_process");

class Store {
  constructor(folder) {
    this.folder = folder;
  }
  list(name) {
    exec(name); // $ alert
  }
  size(name) {
    exec(name);
  }
}

async function plugin(app) {
  app.decorate("store", new Store("/files"));
  app.decorate("run", (what) => exec(what)); // $ alert
  app.decorateRequest("caller", null);
  app.decorateRequest("look", function () {
    exec(this.query.for); // $ alert
  });
  app.decorateReply("file", function (name) {
    exec(name); // $ alert
    this.server.store.list(name);
    return this.send("");
  });
  app.addHook("preHandler", async (request) => {
    request.caller = request.headers["x-caller"];
  });
}

fastify.register(fp(plugin));

fastify.get("/a", async (request, reply) => {
  fastify.store.size("all");
  request.server.run(request.query.what);
  request.look();
  exec(request.caller); // $ alert
  return reply.file(request.params.name);
});

async function bound(request) {
  this.store.list(request.query.name);
}

fastify.get("/b", bound);
