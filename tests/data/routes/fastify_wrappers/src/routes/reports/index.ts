import https from 'node:https';

import { optionsOf, secured } from '../../secured';

const forward = (request, url: string): Promise<string> =>
  new Promise((resolve, reject) => {
    optionsOf(request)
      .then((options) => https.request(url, options, (response) => response.on('data', resolve)).end())
      .catch(reject);
  });

export default async (fastify): Promise<void> => {
  fastify.get('/', secured(fastify)(async () => fastify.store.reports()));

  fastify.post('/', secured(fastify, true)(async (request) => fastify.store.add(request.body)));

  fastify.post('/query', async (request) => {
    const { query } = request.body;
    return forward(request, `https://metrics.internal/query?q=${encodeURIComponent(query)}`).catch((error) => {
      throw error;
    });
  });

  fastify.post('/either', async (request, reply: any) => {
    let answer;
    switch (request.body.kind) {
      case 'json':
        answer = forward(request, 'https://metrics.internal/json');
        break;
      default:
        answer = forward(request, 'https://metrics.internal/text');
    }
    return answer.catch((error) => reply.code(error.code).send(error.text));
  });

  // only those who ask for it need a token
  fastify.post('/perhaps', async (request) => {
    if (request.body.remote) {
      return forward(request, 'https://metrics.internal/json');
    }
    return fastify.store.add(request.body);
  });
};
