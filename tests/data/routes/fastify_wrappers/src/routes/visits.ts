export default async (fastify): Promise<void> => {
  fastify.post('/verify', async (request) => {
    const { id } = request.authenticate();
    return fastify.store.verify(id);
  });

  const upload = async (request) => {
    const { id } = request.authenticate();
    await fastify.store.keep(id, request.body);
  };

  fastify.post('/', async (request, reply: any) => {
    await upload(request);
    reply.status(204);
  });

  fastify.post('/open', async (request) => fastify.store.keep(0, request.body));
};
