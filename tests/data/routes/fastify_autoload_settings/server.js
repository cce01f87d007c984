const path = require('path'); const fastify = require('fastify'); const autoLoad = require('@fastify/autoload');
const config = require('./config');
module.exports = function build(opts = {}) {
  const app = fastify(opts);
  app.register(autoLoad, { dir: config.routes, dirNameRoutePrefix: false, ignorePattern: /.*\.schema\.js/, options: { prefix: config.prefix } });
  return app;
};
