const Users = require('./controllers');
function routesOf(core) {
  const users = Users(core);
  const routes = {};
  Object.entries(core.plugins()).forEach((one) => {
    if (one[1].get().controllers) Object.assign(routes, one[1].get().controllers);
  });
  const own = {
    'get /api/ping': { authenticated: false, controller: users.ping },
    'post /api/signup': { first: true, controller: users.create },
    'get /api/users': { authenticated: true, controller: users.list },
    'post /api/users': { authenticated: true, admin: true, scope: 'users', controller: users.create },
  };
  Object.assign(routes, own);
  return routes;
}
module.exports = routesOf;
