export const prefix = '/cars';
export default async function (fastify) {
  fastify.get('/', async () => []);
}
