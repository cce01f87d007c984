const { Router } = require("express");
const { allow } = require("../guards");

const router = Router();
router.get("/", (req, res) => res.json([]));
router.use(allow("clerk"));
router.post("/", (req, res) => res.json(req.body));
router.delete("/:id", [allow("chief"), (req, res, next) => next()], (req, res) => res.end());

module.exports = router;
