export const prefixOverride = '/over';
export default async function (fastify) { fastify.get('/x', async () => 1); }
