import fp from 'fastify-plugin';
import { Unauthorized } from 'http-errors';

export default fp(async (server) => {
  function authenticate(this: any) {
    try {
      return server.tokens.read(this.headers.authorization.replace(/^Bearer /, ''));
    } catch (error) {
      throw new Unauthorized();
    }
  }

  server.decorateRequest('authenticate', authenticate);
});
