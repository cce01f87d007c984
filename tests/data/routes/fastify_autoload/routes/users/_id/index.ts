export default async function (fastify) { fastify.get('/', async () => 1); fastify.get('/posts', { onRequest: fastify.needUser }, async () => 1); }
