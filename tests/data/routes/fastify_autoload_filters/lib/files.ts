import { dirname } from 'node:path'; import { fileURLToPath } from 'node:url';
export const getDirName = (importMetaUrl: string): string => dirname(fileURLToPath(importMetaUrl));
