const express = require("express");
const passport = require("passport");
const { expressjwt } = require("express-jwt");
const { requiresAuth } = require("express-openid-connect");
const { rateLimit } = require("express-rate-limit");
const { celebrate, Joi } = require("celebrate");
const items = require("./routes/items");
const { requireUser, remember, refuse, perhaps } = require("./guards");

const app = express();
app.use(express.json());
app.use(remember);
app.set("env", "production").disable("x-powered-by").get("/health", (req, res) => res.json({ ok: true }));
app.get("/early", (req, res) => res.json([]));
app.use("/api", requireUser);
app.use("/api/items", items);

const areas = [
  { path: "/orders", router: require("./routes/orders") },
  { path: "/people", router: require("./routes/people")("admin") },
];
areas.forEach((area) => app.use(area.path, area.router));

app.post("/login", passport.authenticate("local"), (req, res) => res.json(req.user));
app.get("/me", passport.authenticate("jwt", { session: false }), (req, res) => res.json(req.user));
app.get("/feed", expressjwt({ secret: process.env.KEY, algorithms: ["HS256"], credentialsRequired: false }), (req, res) => res.json([]));
app.get("/token", expressjwt({ secret: process.env.KEY, algorithms: ["HS256"] }), (req, res) => res.json([]));
app.get("/greeting", perhaps, (req, res) => res.json({ hello: req.user?.name }));
app.all("/closed/*", refuse);
app.get("/closed/door", (req, res) => res.json([]));
app.post("/reviews", rateLimit({ max: 5 }), requiresAuth(), celebrate({ body: Joi.object({}) }), (req, res) => res.json({}));
require("./tables")(app);
app.use((err, req, res, next) => res.status(500).end());
app.listen(3000);
