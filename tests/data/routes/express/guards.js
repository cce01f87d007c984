const jwt = require("jsonwebtoken");

const OPEN = ["/api/items/open"];

exports.requireUser = (req, res, next) => {
  if (OPEN.includes(req.originalUrl)) return next();
  const header = req.headers.authorization || "";
  const [, token] = header.split(" ");
  if (!token) return res.status(401).json({ error: "who are you?" });
  jwt.verify(token, process.env.KEY, (err, user) => {
    if (err) return res.sendStatus(403);
    req.user = user;
    next();
  });
};

exports.remember = (req, res, next) => {
  if (req.session) req.seen = true;
  next();
};

const callerOf = async (req) => {
  const token = req.cookies.token;
  return token ? jwt.verify(token, process.env.KEY) : null;
};

exports.perhaps = async (req, res, next) => {
  req.user = await callerOf(req);
  next();
};

exports.refuse = (req, res, next) => {
  if (req.isAuthenticated()) return next();
  res.redirect("/login");
};

exports.allow = (...roles) => async (req, res, next) => {
  try {
    if (!req.user) throw new Unauthorized("log in first");
    if (!roles.includes(req.user.role)) return next(new Forbidden());
    next();
  } catch (error) {
    next(error);
  }
};
class Unauthorized extends Error {}
class Forbidden extends Error {}
