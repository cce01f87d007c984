const express = require("express");

class Server {
  constructor(basePath) {
    global.BasePath = basePath;
  }

  start() {
    const app = express();
    const router = express.Router();
    app.use(global.BasePath, router);
    router.get("/status", (req, res) => res.end());
    app.listen(80);
  }
}

module.exports = Server;
