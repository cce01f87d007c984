export default async function (fastify) {
  fastify.get("/", async () => ({}));
  fastify.get("/open", async () => ({}));
}
