import type { FastifyInstance } from "fastify";

export async function guarded(fastify: FastifyInstance) {
  fastify.get("/early", async () => ({}));
  fastify.addHook("preHandler", async (request, reply) => {
    if (!request.session.user) throw fastify.httpErrors.unauthorized();
  });
  fastify.get("/users", async () => []);
  fastify.register(async (inner) => {
    inner.delete("/:id", async () => ({}));
  }, { prefix: "/users" });
}
