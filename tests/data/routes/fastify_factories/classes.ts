import Fastify, { FastifyInstance } from 'fastify';

class UserController {
  prefix = '/users';
  list = async (request, reply) => reply.send([]);
  routes = async (fastify: FastifyInstance) => {
    fastify.get('/', this.list);
    fastify.get('/:id', this.one.bind(this));
  };
  async one(request, reply) {
    reply.send({});
  }
}

class Server {
  app: FastifyInstance = Fastify();
  constructor(private controllers) {
    this.controllers.forEach((one) => this.app.register(one.routes, { prefix: `/api${one.prefix}` }));
  }
  listen() {
    this.app.listen({ port: 1 });
  }
}
new Server([new UserController()]).listen();
