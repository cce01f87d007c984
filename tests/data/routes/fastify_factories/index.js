const fastify = require('fastify')({ logger: true });

function crud(name) {
  return async function plugin(api, options) {
    api.get(`/${name}`, async () => ({}));
    api.delete(`/${name}/:id`, { onRequest: options.guard }, async () => ({}));
  };
}
const guard = async (request, reply) => {
  if (!request.headers.authorization) return reply.code(401).send();
};
fastify.register(crud('users'), { prefix: '/v1', guard });
fastify.register(crud('cars'), { prefix: '/v2' });
fastify.register(import('./late.js'), { prefix: '/late' });
fastify.listen({ port: 3000 });
