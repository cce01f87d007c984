const { Router } = require("express");

module.exports = (role) => {
  const router = Router();
  router.get("/", (req, res) => {
    if (!req.session.user) return res.status(403).end();
    res.json([]);
  });
  router.get("/count", (req, res) => res.json(1));
  return router;
};
