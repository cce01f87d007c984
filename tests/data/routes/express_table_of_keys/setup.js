// Routes are rows of an object: method and path are the key, guards are switches beside the controller.
const express = require('express');
const auth = require('./auth');
const admin = require('./admin');
const fresh = require('./fresh');
const routesOf = require('./routes');
function setup(core) {
  const router = express.Router();
  const routes = routesOf(core);
  const authMiddleware = auth('write', core);
  const keys = Object.keys(routes);
  keys.forEach((key) => {
    const parts = key.split(' ');
    const method = parts[0];
    const path = parts[1];
    const steps = [];
    if (routes[key].authenticated && !routes[key].scope) {
      steps.push(authMiddleware);
    }
    if (routes[key].authenticated && routes[key].scope) {
      steps.push(auth(routes[key].scope, core));
    }
    if (routes[key].admin) {
      steps.push(admin);
    }
    if (routes[key].first) {
      steps.push(fresh(core));
    }
    steps.push(routes[key].controller);
    router[method](path, ...steps);
  });
  return router;
}
module.exports = { setup };
