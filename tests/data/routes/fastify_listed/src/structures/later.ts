import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

export async function loadLater(server) {
  const entries = await readdir(join(here, '..', 'later'));
  for (const entry of entries) {
    if (!entry.endsWith('.js')) continue; // as they are called once they are compiled
    const { default: plugin, prefix } = await import(pathToFileURL(join(here, '..', 'later', entry)).href);
    await server.register(plugin, { prefix });
  }
}
