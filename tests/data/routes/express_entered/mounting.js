const express = require("express");

exports.mount = (path, app, routers) => {
  const dispatcher = express.Router();
  for (const { router, pattern } of routers) {
    dispatcher.use((req, res, next) => {
      if (req.path.includes(pattern)) {
        return router(req, res, next);
      }
      next();
    });
  }
  app.use(path, dispatcher);
};
