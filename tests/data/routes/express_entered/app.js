const express = require("express");
const { mount } = require("./mounting");
const admin = require("./admin");

const app = express();

function authenticate(req, res, next) {
  if (!req.headers.authorization) {
    return res.status(401).end();
  }
  next();
}

app.use("/admin", authenticate, (req, res, next) => admin(req, res, next));

app.use("/keys", (req, res, next) => {
  if (!req.headers["x-api-key"]) {
    return res.status(401).end();
  }
  return admin(req, res, next);
});

const shop = express.Router();
shop.get("/orders", (req, res) => res.json([]));

function enter(req, res, next) {
  shop(req, res, next);
}

app.use("/shop", enter);

const forms = express.Router();
forms.get("/forms", (req, res) => res.json([]));
const files = express.Router();
files.get("/files", (req, res) => res.json([]));

mount("/a", app, [{ router: forms, pattern: "form" }, { router: shop, pattern: "order" }]);
mount("/b", app, [{ router: files, pattern: "file" }]);

const plain = (req, res, next) => later(req, res, next); // a function, and no router
function later(req, res) {
  res.json({});
}
app.get("/plain", plain);
