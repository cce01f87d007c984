import Fastify from "fastify";
import fp from "fastify-plugin";
import autoload from "@fastify/autoload";
import path from "node:path";
import { guarded } from "./guarded";
import { shared } from "./shared";

const app = Fastify();

app.decorate("authenticate", async (request, reply) => {
  try {
    await request.jwtVerify();
  } catch (err) {
    reply.send(err);
  }
});

app.get("/health", async () => ({ ok: true }));
app.get("/me", { onRequest: [app.authenticate] }, async (request) => request.user);
app.route({
  method: ["POST", "PUT"],
  url: "/notes",
  preHandler: async (request, reply) => {
    if (!request.headers["x-api-key"]) {
      return reply.code(401).send({ error: "key" });
    }
  },
  schema: { body: { type: "object" } },
  handler: async (request) => request.body,
});
app.register(guarded, { prefix: "/admin" });
app.register(fp(shared));
app.register(autoload, { dir: path.join(__dirname, "routes"), autoHooks: true, cascadeHooks: true });
app.register(async (instance) => {
  instance.addHook("onRequest", async (request, reply) => reply.code(403).send());
  instance.get("/closed", async () => ({}));
});
app.listen({ port: 3000 });
