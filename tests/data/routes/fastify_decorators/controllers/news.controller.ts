import { ALL, Controller, DELETE, GET } from 'fastify-decorators';

const onlyAdmins = async (request, reply) => {
  if (!request.user?.admin) return reply.code(403).send();
};

@Controller('/news')
export default class NewsController {
  @GET('/')
  async list() {
    return [];
  }

  @DELETE('/:id', { preHandler: [onlyAdmins] })
  async remove() {
    return {};
  }

  @ALL('/feed')
  async feed() {
    return [];
  }
}
