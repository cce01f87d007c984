export default async function (fastify) { fastify.addHook('onRequest', async (req, reply) => { if (!req.session.user) return reply.unauthorized(); }); }
