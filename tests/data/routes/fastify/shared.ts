export async function shared(fastify, opts) {
  fastify.addHook("onRequest", async (request) => {
    request.started = Date.now();
  });
  fastify.get("/shared", async () => ({}));
}
