import { join } from 'node:path';
import AutoLoad from '@fastify/autoload';
export default async function app(fastify, opts) {
  void fastify.register(AutoLoad, { dir: join(import.meta.dirname, 'plugins'), options: opts });
  void fastify.register(AutoLoad, { dir: join(import.meta.dirname, 'routes'), routeParams: true, autoHooks: true, cascadeHooks: true, options: { ...opts, prefix: '/api' } });
}
