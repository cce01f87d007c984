const express = require("express");
const { ensureLoggedIn } = require("connect-ensure-login");
const Keycloak = require("keycloak-connect");
const { auth, requiredScopes } = require("express-oauth2-jwt-bearer");
const passport = require("passport");
const guard = require("express-jwt-permissions")();
const { verifySession } = require("supertokens-node/recipe/session/framework/express");
const ExpressBrute = require("express-brute");
const limits = require("express-limiter");
const { createValidator } = require("express-joi-validation");

const app = express();
require("express-ws")(app);
const keycloak = new Keycloak({});
const brute = new ExpressBrute(new ExpressBrute.MemoryStore());
const counts = new Map();
const counted = (req, res, next) => {
  const times = (counts.get(req.ip) || 0) + 1;
  counts.set(req.ip, times);
  if (times > 100) return res.status(429).json({ error: "slow down" });
  next();
};

app.post("/a", ensureLoggedIn("/login"), save);
app.post("/b", keycloak.protect("realm:admin"), save);
app.post("/c", auth({ audience: "x" }), requiredScopes("write"), save);
app.post("/d", passport.authenticate("jwt", { session: false }), guard.check(["admin"]), save);
app.post("/e", verifySession(), save);
app.post("/f", verifySession({ sessionRequired: false }), save);
app.post("/g", brute.prevent, save);
app.post("/h", limits(app, store)({ lookup: "ip", total: 5 }), save);
app.post("/i", counted, save);
app.post("/j", createValidator().body(Shape), save);
app.post("/k", passport.authenticate("local"), save);
app.ws("/echo", (ws, req) => ws.on("message", (text) => ws.send(text)));

function save(req, res) {
  res.json(store.add(req.body));
}
