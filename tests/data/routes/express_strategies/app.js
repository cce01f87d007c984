// A strategy of the project lets callers pass without a token; a router with more on it; asynchronous middleware in a wrapper.
const express = require("express");
const passport = require("passport");
const users = require("./users");
const limited = require("./limited");
const { TokenStrategy } = require("./strategy");

passport.use("jwt", new TokenStrategy(process.env.KEY));
const api = Object.assign(express.Router(), { started: Date.now() });
api.use(express.json()).use(passport.authenticate("jwt")).use(limited("api")).use("/users", users());

const app = express();
app.use(passport.authenticate("session")); // passes whoever has none
app.get("/reports", passport.authenticate(["bearer", "anonymous"]), (req, res) => res.json([]));
app.get("/bills", passport.authenticate("bearer"), (req, res) => res.json([]));
app.get("/bills/:id", passport.authenticate(["bearer", "basic"], { session: false }), (req, res) => res.json({}));
app.get("/enroll", (req, res) => {
  res.redirect("/login");
});
app.use("/api", api);
app.listen(3000);
