import path from 'node:path';
import { URL, fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import jetpack from 'fs-jetpack';
import requireAuth from '../middlewares/auth.js';
const __dirname = fileURLToPath(new URL('.', import.meta.url));
const options = { url: '', prefix: '/api', method: '', middlewares: [] };
const middlewareOf = { auth: requireAuth };
export const loadRoutes = async (server: FastifyInstance, folder = '../routes') => {
  const files = await jetpack.findAsync(path.join(__dirname, folder), { matching: '*.{ts,js}' });
  for (const file of files) {
    const slash = process.platform === 'win32' ? '\\' : '/';
    const replacement = process.env.NODE_ENV === 'production' ? `dist${slash}` : `src${slash}`;
    const route = await import(`..${slash}${file.replace(replacement, '')}`);
    if (!route.options) { continue; }
    const opts = { ...options, ...route.options };
    server.route({
      method: opts.method.toUpperCase(),
      url: `${opts.prefix}${opts.url}`,
      preHandler: opts.middlewares.map((name) => middlewareOf[name]),
      handler: (req, res) => route.run(req, res)
    });
  }
};
