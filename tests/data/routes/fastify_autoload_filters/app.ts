import Fastify from 'fastify';
import path from 'node:path';
import autoload from '@fastify/autoload';
import { getDirName } from './lib/files';

const app = Fastify();
app.register(autoload, {
  dir: path.join(getDirName(import.meta.url), 'modules'),
  matchFilter: (p: string) => p.endsWith('.router.ts') && !p.includes('left'),
  options: { prefix: '/v1' },
});
app.listen({ port: 1 });
