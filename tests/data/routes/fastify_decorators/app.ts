import fastify from 'fastify';
import { bootstrap } from 'fastify-decorators';

const app = fastify();
app.register(bootstrap, { directory: new URL('controllers', import.meta.url), mask: /\.controller\./ });
app.get('/health', async () => ({}));
app.listen({ port: 3000 });
