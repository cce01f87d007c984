import { Hook } from 'fastify-decorators';

export abstract class Members {
  @Hook('onRequest')
  async askWho(request, reply) {
    if (!request.headers.authorization) return reply.code(401).send();
  }

  @Hook('onSend')
  async addHeaders(request, reply) {
    reply.header('x-frame-options', 'deny');
  }
}
