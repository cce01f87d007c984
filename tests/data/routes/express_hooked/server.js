const express = require('express');
const hooks = require('./hooks');
exports.start = async () => {
  const app = express();
  app.use(require('./access').check);
  await hooks.callAll('expressCreateServer', {app});
  app.listen(80);
};
