import createError from 'http-errors';

export const TOKEN_HEADER = 'x-forwarded-access-token';

const refused = (message: string, code = 500) => createError(code, message);

const callerOf = async (fastify: any, request: any) => {
  const token = request.headers[TOKEN_HEADER];
  if (token) {
    return fastify.directory.find(token);
  }
  if (process.env.STAND_ALONE) {
    return { name: 'me' };
  }
  throw refused('who are you?', 401);
};

const held = async (fastify: any, request: any, administrators: boolean) => {
  const caller = await callerOf(fastify, request);
  if (administrators && !caller.administrator) {
    throw refused('for administrators', 403);
  }
};

export const secured =
  (fastify: any, administrators = false) =>
  (handler: (request: any, reply: any) => Promise<unknown>) =>
  async (request: any, reply: any) => {
    await held(fastify, request, administrators);
    return handler(request, reply);
  };

export const optionsOf = async (request: any) => {
  const token = request.headers[TOKEN_HEADER];
  if (!token) {
    throw new Error('nothing to call the service with');
  }
  return { headers: { Authorization: `Bearer ${token}` } };
};
