const fastify = require("fastify")();
const { exec } = require("child_process");
const { z } = require("zod");

const schema = {
  params: {
    type: "object",
    properties: {
      id: { type: "integer" },
      slug: { type: "string", pattern: "^[a-z0-9-]+$" },
      kind: { type: "string", enum: ["a", "b"] },
      free: { type: "string" },
    },
  },
};

fastify.get("/a/:id/:slug/:kind/:free", { schema }, async (request, reply) => {
  exec("ls " + request.params.id + request.params.slug + request.params.kind);
  exec("ls " + request.params.free); // $ alert
  exec("ls " + request.query.id); // $ alert
});

fastify.route({
  method: "POST",
  url: "/b",
  schema: { body: z.object({ kind: z.enum(["a", "b"]), name: z.string() }) },
  handler: async (request, reply) => {
    const { kind, name } = request.body;
    exec("ls " + kind);
    exec("ls " + name); // $ alert
  },
});

fastify.get("/c/:id", async (request, reply) => {
  exec("ls " + request.params.id); // $ alert
});
