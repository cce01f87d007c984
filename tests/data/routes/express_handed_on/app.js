// A router that handles the requests of one path: its own paths are whole, since a verb takes nothing off an address.
const express = require("express");
const jwt = require("jsonwebtoken");

function orders() {
  const router = express.Router();
  router.use((req, res, next) => {
    if (!req.headers.authorization) return res.status(401).end();
    next();
  });
  router.get("/orders", (req, res) => res.json([]));
  router.post("/orders/:id", (req, res) => res.json({}));
  return router;
}

// Whatever is answered, nobody comes by who brings no token; who has it looked at alone, does.
function signedIn(req, res, next) {
  try {
    jwt.verify(req.headers.authorization.split(" ")[1], process.env.KEY);
    next();
  } catch (error) {
    res.status(error.status).json({ message: "log in first" });
  }
}

function lookedAt(req, res, next) {
  try {
    req.user = jwt.verify(req.headers.authorization.split(" ")[1], process.env.KEY);
  } catch (error) {
    req.user = null;
  }
  next();
}

const app = express();
const api = express.Router();
const router = orders();
api.all("/orders*", router);
api.all("/old-orders*", router);
api.get("/shops", (req, res) => res.json([]));
api.get("/carts", signedIn, (req, res) => res.json([]));
api.get("/views", lookedAt, (req, res) => res.json([]));
app.use("/api", api);
app.listen(3000);
