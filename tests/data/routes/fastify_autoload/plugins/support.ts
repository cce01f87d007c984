import fp from 'fastify-plugin';
export default fp(async (fastify) => { fastify.decorate('needUser', async (req, reply) => { if (!req.session.user) return reply.unauthorized(); }); });
