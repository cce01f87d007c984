export default async function (fastify) { fastify.get('/', async () => 1); }
