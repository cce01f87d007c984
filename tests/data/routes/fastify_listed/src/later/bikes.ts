export const prefix = '/bikes';
export default async function (fastify) {
  fastify.get('/', async () => []);
}
