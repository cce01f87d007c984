const fastify = require("fastify");
const { rights } = require("unknown-rights");

const app = fastify();

app.decorate("verifySession", async (request, reply) => {
  if (!request.session.user) {
    reply.code(401).send({});
    throw new Error();
  }
});

app.decorate("needsPermission", (scope) => async (request, reply) => {
  if (!request.session.user || !request.session.user.rights.includes(scope)) {
    reply.code(403).send({});
    throw new Error();
  }
});

app.addHook("preHandler", app.verifySession);
app.get("/devices", async () => []);
app.put("/devices/:id", { preHandler: app.needsPermission("device:edit") }, async () => ({}));
app.delete("/devices/:id", { preHandler: [app.needsPermission("device:delete")] }, async () => ({}));
app.post("/devices", { preHandler: rights.requirePermission("device:create") }, async () => ({}));
app.listen({ port: 3000 });
