const Hapi = require('@hapi/hapi');

const ofProviders = (config) => config.providers.map((name) => ({
  method: 'GET',
  path: `/login/${name}`,
  options: { auth: false, handler: async () => signedInBy(name) },
}));
const logins = (config) => [
  ...ofProviders(config),
  { method: 'GET', path: '/login', options: { auth: false, handler: async () => login() } },
];
const contexts = () => ({
  method: 'GET',
  path: '/contexts',
  options: { auth: { strategy: 'token', scope: ['user'] }, handler: async () => listContexts() },
});
const tokens = () => ({ method: 'POST', path: '/tokens', options: { handler: async () => newToken() } });

const plugin = {
  name: 'auth',
  async register(server, options) {
    server.auth.default('token');
    server.route(logins(options).concat([contexts(), tokens()]));
  },
};

const server = Hapi.server({ port: 80 });
server.register({ plugin, routes: { prefix: '/auth' } });
