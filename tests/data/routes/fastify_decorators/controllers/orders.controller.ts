import { Controller, DELETE, GET, POST } from 'fastify-decorators';
import { Members } from '../base';

const ORDER = '/:id';

@Controller({ route: '/orders' })
export default class OrderController extends Members {
  @GET(ORDER)
  async show(request, reply) {
    return {};
  }

  @POST({ url: '/', options: {} })
  async create(request, reply) {
    return {};
  }
}
