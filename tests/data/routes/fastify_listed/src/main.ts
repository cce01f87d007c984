import fastify from 'fastify';
import { loadLater } from './structures/later.js';
import { loadRoutes } from './structures/routes.js';

const server = fastify({ trustProxy: true });
const start = async () => {
  await loadRoutes(server);
  await loadLater(server);
  await server.listen({ port: 3000 });
};
void start();
