const fastify = require('fastify')();
const fp = require('fastify-plugin');

fastify.decorate('perhaps', async (request, reply) => {
  try {
    await request.jwtVerify();
  } catch (error) {
    request.log.debug('nobody we know');
  }
});

// Everybody has to say who it is, but where the route says otherwise.
fastify.register(async (api) => {
  api.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.public) return;
    await request.jwtVerify();
  });
  api.get('/open', { config: { public: true } }, async () => 1);
  api.get('/closed', async () => 1);
  api.get('/shut', { config: { public: false } }, async () => 1);
});

// Nobody has to, but where the route says so.
fastify.register(async (api) => {
  api.addHook('preHandler', async (request, reply) => {
    const { config } = request.routeOptions;
    if (!config.auth?.required) return;
    if (!request.session.user) return reply.code(401).send();
  });
  api.get('/free', async () => 1);
  api.get('/members', { config: { auth: { required: true } } }, async () => 1);
}, { prefix: '/club' });

// A request that can be asked who sends it, and routes that do so or do not.
const asking = fp(async (api) => {
  api.addHook('preHandler', async (request) => {
    request.callerId = async () => {
      try {
        return (await request.jwtVerify()).sub;
      } catch (error) {
        throw new UnauthorizedError('log in first');
      }
    };
  });
});
class UnauthorizedError extends Error {
  statusCode = 401;
}
fastify.register(async (api) => {
  api.register(asking);
  api.get('/mine', async (request) => {
    const id = await request.callerId();
    return [id];
  });
  api.get('/ours', async () => []);
});
fastify.get('/greeting', { onRequest: [fastify.perhaps] }, async () => 1);
fastify.get(`${process.env.PREFIX}late`, async () => 1);
fastify.listen({ port: 3000 });
