const express = require('express');
const { setup } = require('./setup');
function start(core) {
  const app = express();
  app.use(setup(core));
  app.listen(80);
}
start(require('./core'));
