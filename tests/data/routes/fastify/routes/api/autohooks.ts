export default async function (fastify) {
  fastify.addHook("onRequest", async (request, reply) => {
    if (request.url.startsWith("/api/open")) return;
    if (!request.session.user) reply.unauthorized("log in first");
  });
}
